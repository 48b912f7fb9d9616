import type { BuildOptions, Plugin } from 'esbuild';
import { lazyBuiltins } from './lazy-builtins.ts';
import { LEAN_PACKAGES } from './lean-packages.ts';

/** CommonJS packages inside an ES module call `require` for Node's own modules; ES modules have none. */
const REQUIRE_BANNER =
  "import { createRequire as gimletdCreateRequire } from 'node:module';" +
  'const require = gimletdCreateRequire(import.meta.url);';

/**
 * `*.built.ts` are worked out here and now: the bundle gets the values of their exports, which must be JSON, and
 * nothing of what made them.
 */
const evaluateBuiltModules: Plugin = {
  name: 'evaluate-built-modules',
  setup(build) {
    build.onLoad({ filter: /\.built\.ts$/ }, async ({ path }) => {
      const values: Record<string, unknown> = await import(path);
      const exports = Object.entries(values).map(
        ([name, value]) => `export const ${name} = ${JSON.stringify(value)};`,
      );
      return { contents: exports.join('\n'), loader: 'js' };
    });
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  // The packages' ES builds are written to be shaken; esbuild prefers their CommonJS builds otherwise.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  sourcemap: 'external',
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * How a function's handler becomes files.
 * @param entries what becomes a file of its own: its name, and its path
 */
export function functionBundleOptions(
  root: string,
  outdir: string,
  entries: readonly (readonly [name: string, path: string])[],
  plugins: readonly Plugin[],
) {
  return {
    ...common,
    splitting: true,
    absWorkingDir: root,
    entryPoints: entries.map(([out, path]) => ({ in: path, out })),
    outdir,
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE_BANNER },
    plugins: [...plugins, ...LEAN_PACKAGES, evaluateBuiltModules],
  } satisfies BuildOptions;
}

/** How the CLI becomes modules, which are then packed into one file. They can all import Node's own modules. */
export function cliBundleOptions(root: string, entry: string) {
  return {
    ...common,
    sourcemap: false,
    splitting: true,
    write: false,
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'modules',
    outExtension: { '.js': '.mjs' },
    banner: { js: 'const require=process.getBuiltinModule;' },
    plugins: [lazyBuiltins],
  } satisfies BuildOptions;
}
