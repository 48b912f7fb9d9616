import type { Metafile } from 'esbuild';

/** What a bundle is made of. */
export interface BundleReport {
  readonly name: string;
  /** Path of the bundle. */
  readonly file: string;
  readonly bytes: number;
  /** Each package's own bytes in the bundle, by the folder it was taken from (`node_modules/zod`). */
  readonly packages: ReadonlyMap<string, number>;
  /** Source files whose code is in the bundle, relative to the project. */
  readonly sources: readonly string[];
}

/** Reads a bundle's report out of esbuild's metafile, which must describe one bundle, of one file or of many modules. */
export function bundleReport(name: string, file: string, metafile: Metafile): BundleReport {
  const outputs = Object.entries(metafile.outputs).flatMap(([path, output]) =>
    path.endsWith('.map') ? [] : [output],
  );
  if (outputs.length === 0) throw new Error(`esbuild's metafile describes no bundle of ${name}`);
  const inputs = outputs
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Map<string, number>();
  for (const [path, { bytesInOutput }] of inputs) {
    const folder = packageFolder(path);
    if (folder) packages.set(folder, (packages.get(folder) ?? 0) + bytesInOutput);
  }
  const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0);
  return { name, file, bytes, packages, sources: [...new Set(inputs.map(([path]) => path))] };
}

/** The folder of the package that a file belongs to, the innermost one; undefined for our own files. */
function packageFolder(path: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}
