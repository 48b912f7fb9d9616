import { basename, dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'later';
/** As whoever needs them names them. */
const LATER = /^re2js$|\/template\/index\.ts$/;

/**
 * Modules that much code could need and few calls do are files of their own beside a bundle, and are loaded where
 * something of them is used first: by `require`, so that whoever uses them need not wait for a promise.
 * @param found is told each of them that the bundle can need: its path, and the name that its file must get
 */
export function laterModules(found: (path: string, name: string) => void): Plugin {
  return {
    name: 'later-modules',
    setup(build) {
      build.onResolve({ filter: LATER }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'import-statement' || pluginData === NAMESPACE) return undefined;
        const resolved = await build.resolve(path, { kind, importer, resolveDir, pluginData: NAMESPACE });
        return { path: resolved.path, namespace: NAMESPACE, sideEffects: false };
      });
      build.onResolve({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        const name = nameOf(path);
        found(path, name);
        const exported = Object.keys(await import(path)).filter((key) => key !== 'default');
        const getters = exported.map((key) => `get ${key}() { return load().${key}; }`);
        return {
          contents: `
            let loaded;
            const load = () => (loaded ??= require('./${name}.mjs'));
            module.exports = { ${getters.join(', ')} };`,
          loader: 'js',
        };
      });
    },
  };
}

/** A package's name; the folder of an `index.ts`. */
function nameOf(path: string): string {
  const [, inPackage] = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path) ?? [];
  return (inPackage ?? basename(dirname(path))).replace(/\W+/g, '-');
}
