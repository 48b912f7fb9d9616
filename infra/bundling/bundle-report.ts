import type { Metafile } from 'esbuild';

/** What a bundle is made of. */
export interface BundleReport {
  readonly name: string;
  /** Path of the file that a start begins with. */
  readonly file: string;
  /** What a start loads: that file, and those it imports. */
  readonly bytes: number;
  /** What lies beside them, and is loaded only when it is needed. */
  readonly laterBytes: number;
  /** Each package's own bytes in what a start loads, by the folder it was taken from (`node_modules/zod`). */
  readonly packages: ReadonlyMap<string, number>;
  /** Source files whose code is in the bundle, relative to the project; what is loaded later, too. */
  readonly sources: readonly string[];
}

/**
 * Reads a bundle's report out of esbuild's metafile.
 * @param entry the source file that the bundle is of, as the metafile names it
 */
export function bundleReport(name: string, file: string, entry: string, metafile: Metafile): BundleReport {
  const outputs = Object.entries(metafile.outputs).filter(([path]) => !path.endsWith('.map'));
  const first = outputs.find(([, { entryPoint }]) => entryPoint === entry);
  if (first === undefined) throw new Error(`esbuild's metafile describes no bundle of ${entry}`);
  const atStart = importedBy(first[0], metafile);
  const loaded = (now: boolean) => outputs.flatMap(([path, out]) => (atStart.has(path) === now ? [out] : []));
  const [start, later] = [loaded(true), loaded(false)];
  const packages = new Map<string, number>();
  for (const [path, bytes] of contents(start)) {
    const folder = packageFolder(path);
    if (folder) packages.set(folder, (packages.get(folder) ?? 0) + bytes);
  }
  const sources = [...new Set(contents([...start, ...later]).map(([path]) => path))];
  return { name, file, bytes: size(start), laterBytes: size(later), packages, sources };
}

/** An output and all that it imports, by themselves or by each other, before its first line runs. */
function importedBy(first: string, { outputs }: Metafile): ReadonlySet<string> {
  const found = new Set([first]);
  for (const path of found)
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) found.add(imported);
  return found;
}

type Output = Metafile['outputs'][string];

function contents(outputs: readonly Output[]): (readonly [path: string, bytes: number])[] {
  return outputs
    .flatMap(({ inputs }) => Object.entries(inputs))
    .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [[path, bytesInOutput] as const] : []));
}

function size(outputs: readonly Output[]): number {
  return outputs.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The folder of the package that a file belongs to, the innermost one; undefined for our own, and those a plugin wrote. */
export function packageFolder(path: string): string | undefined {
  return /^(?!\w+:).*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}
