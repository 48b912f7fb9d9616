import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { functionBundleOptions } from './bundle-options.ts';
import { laterModules } from './later-modules.ts';

/**
 * Bundles a function's handler: into one file, which a start loads, and beside it whatever is loaded only when it is
 * needed. Source maps lie beside them and are not deployed.
 * @throws esbuild's BuildFailure when the entry is missing or does not resolve
 */
export async function makeFunctionBundle(root: string, entry: string, outfile: string): Promise<Metafile> {
  const entries = new Map([[basename(outfile, '.mjs'), entry]]);
  for (;;) {
    const before = entries.size;
    const later = laterModules((path, name) => entries.set(name, path));
    const options = functionBundleOptions(root, dirname(outfile), [...entries], [later]);
    const { metafile, outputFiles } = await build({ ...options, write: false });
    // It can need files that nobody knew of before: with those it is made again.
    if (entries.size > before) continue;
    await mkdir(dirname(outfile), { recursive: true });
    await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
    return metafile;
  }
}
