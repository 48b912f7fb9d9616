import { readFile } from 'node:fs/promises';
import type { BuildOptions, Plugin } from 'esbuild';
import { lazyBuiltins } from './lazy-builtins.ts';

/** CommonJS packages inside an ES module call `require` for Node's own modules; ES modules have none. */
const REQUIRE_BANNER =
  "import { createRequire as gimletdCreateRequire } from 'node:module';" +
  'const require = gimletdCreateRequire(import.meta.url);';

/**
 * The AWS SDK loads a provider of credentials only when its turn comes. On Lambda the first, the environment, always
 * answers, so the others (SSO, STS, profiles, instance metadata: 130 KB) stay out.
 */
const leaveOutLazyCredentialProviders: Plugin = {
  name: 'leave-out-lazy-credential-providers',
  setup(build) {
    build.onResolve({ filter: /^@(aws-sdk|smithy)\/credential-provider-/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

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

/** How a function's handler becomes one file. The source map lies beside it and is not deployed. */
export function functionBundleOptions(root: string, entry: string, outfile: string) {
  return {
    ...common,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    banner: { js: REQUIRE_BANNER },
    plugins: [leaveOutLazyCredentialProviders, evaluateBuiltModules],
  } satisfies BuildOptions;
}

/** How the CLI becomes one executable file. */
export async function cliBundleOptions(root: string, entry: string, outfile: string) {
  // esbuild keeps a `#!` line of the entry above the banner; a second one would be a syntax error.
  const hasShebang = (await readFile(entry, 'utf8')).startsWith('#!');
  const shebang = hasShebang ? '' : '#!/usr/bin/env node\n';
  return {
    ...common,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    banner: { js: shebang + REQUIRE_BANNER },
    plugins: [lazyBuiltins],
  } satisfies BuildOptions;
}
