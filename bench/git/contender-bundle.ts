import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** CommonJS packages inside an ES module call `require` for Node's own modules; ES modules have none. */
const BANNER = "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/**
 * Bundles the process that contenders run in, and returns the program's path: they are measured as what is deployed.
 * Node's own stripping of types alone would add some 40 MB to the memory of each.
 */
export async function bundleContenders(folder: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL('./contender-process.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Each contender in a file of its own, which only its process loads.
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    logLevel: 'silent',
  });
  return join(folder, 'contender-process.mjs');
}
