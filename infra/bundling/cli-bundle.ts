import { basename, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { cliBundleOptions } from './bundle-options.ts';
import { packModules } from './pack-modules.ts';

export interface CliBundle {
  /** The file. */
  readonly text: string;
  readonly metafile: Metafile;
}

/**
 * Makes the CLI's one file, of modules that are split where something is imported when it is needed.
 * @param plugins more of them, before ours
 * @throws esbuild's BuildFailure when the entry is missing or does not resolve
 */
export async function makeCliBundle(
  root: string,
  entry: string,
  plugins: readonly Plugin[] = [],
): Promise<CliBundle> {
  const options = cliBundleOptions(root, entry);
  const { metafile, outputFiles } = await build({ ...options, plugins: [...plugins, ...options.plugins] });
  const texts = outputFiles.map(({ path, text }) => [basename(path), text.replace(/^#!.*\n/, '')]);
  const outputs = Object.entries(metafile.outputs);
  const [first = ''] = outputs.find(([, { entryPoint }]) => isSame(root, entryPoint, entry)) ?? [];
  return { text: packModules(basename(first), Object.fromEntries(texts)), metafile };
}

function isSame(root: string, entryPoint: string | undefined, entry: string): boolean {
  return entryPoint !== undefined && relative(join(root, entryPoint), entry) === '';
}
