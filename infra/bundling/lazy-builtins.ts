import type { Plugin } from 'esbuild';

const NAMESPACE = 'builtin';
const COMMANDER = /[\\/]node_modules[\\/]commander[\\/]/;

/**
 * Node's own modules are loaded where they are used first, not before the first line runs: of fifteen that the CLI
 * can need most commands need few, and loading all of them takes longer than starting Node.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind, namespace, importer }) => {
      if (kind !== 'import-statement' || namespace === NAMESPACE) return { path, external: true };
      const pluginData = { onlySpawns: path === 'node:child_process' && COMMANDER.test(importer) };
      return { path, namespace: NAMESPACE, suffix: pluginData.onlySpawns ? '?spawn' : '', pluginData };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path, pluginData }) => {
      const load = `require(${JSON.stringify(path)})`;
      // Commander starts programs for commands that are files of their own: none of ours, and so it never does.
      const spawn = `export default { spawn: (...args) => ${load}.spawn(...args) };`;
      return { contents: pluginData.onlySpawns ? spawn : `module.exports = ${load};`, loader: 'js' };
    });
  },
};
