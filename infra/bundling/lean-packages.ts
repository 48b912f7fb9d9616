import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * The AWS SDK loads a provider of credentials only when its turn comes. On Lambda the first, the environment, always
 * answers, so the others (SSO, STS, profiles, instance metadata: 130 KB) stay out; and what reads the names of browsers.
 */
const leaveOutWhatOthersLoad: Plugin = {
  name: 'leave-out-what-others-load',
  setup(build) {
    build.onResolve({ filter: /^@(aws-sdk|smithy)\/credential-provider-|^bowser$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/**
 * The SDK describes each shape of a service by a literal whose keys are constants of the same file (`[_hH]: 'X'`), which
 * esbuild can't tell from keys that do something. With the keys written out, shapes that no command here has go.
 */
const writeOutShapeKeys: Plugin = {
  name: 'write-out-shape-keys',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const constants = new Map(
          [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
        );
        const contents = source.replace(/\[(\w+)\]:/g, (key, name) => {
          const text = constants.get(name);
          return text === undefined ? key : `${text}:`;
        });
        return { contents, loader: 'js' };
      },
    );
  },
};

/** The SDK tells its version to AWS, and takes all of its package.json along for it: two kilobytes a client. */
const keepNameAndVersion: Plugin = {
  name: 'keep-name-and-version',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

/** JSON Schema of zod's schemas, which each schema can write of itself: documents are made before, not by functions. */
const leaveOutJsonSchema: Plugin = {
  name: 'leave-out-json-schema',
  setup(build) {
    const filter = /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/;
    build.onLoad({ filter }, async ({ path }) => {
      const names = Object.keys(await import(path));
      const contents = `
        const leftOut = () => { throw new Error('JSON Schema is left out of this bundle'); };
        export { ${names.map((name) => `leftOut as ${name}`).join(', ')} };`;
      return { contents, loader: 'js' };
    });
  },
};

/** What packages bring along that functions never use. What is called all the same says that it was left out. */
export const LEAN_PACKAGES: readonly Plugin[] = [
  leaveOutWhatOthersLoad,
  writeOutShapeKeys,
  keepNameAndVersion,
  leaveOutJsonSchema,
];
