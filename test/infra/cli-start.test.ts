import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile, Plugin } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../infra/bundle.ts';
import { makeCliBundle } from '../../infra/bundling/cli-bundle.ts';
import { folderForTests } from '../support/test-folder.ts';

const run = promisify(execFile);
const ENTRY = 'cli/bin.ts';
const folder = folderForTests();
let bundle: string;
let metafile: Metafile;

/** Has every module of the bundle say so when it is evaluated. */
const noteEvaluation: Plugin = {
  name: 'note-evaluation',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]s$/, namespace: 'file' }, async ({ path }) => {
      const source = (await readFile(path, 'utf8')).replace(/^#!.*/, '');
      const note = `globalThis.evaluated?.push(${JSON.stringify(relative(ROOT, path))});`;
      return { contents: `${note}\n${source}`, loader: path.endsWith('ts') ? 'ts' : 'js' };
    });
  },
};

beforeAll(async () => {
  bundle = join(folder, 'gimlet.mjs');
  const made = await makeCliBundle(ROOT, join(ROOT, ENTRY), [noteEvaluation]);
  ({ metafile } = made);
  await writeFile(bundle, made.text);
});

/** What is evaluated together with a module: all that it imports, but not what it imports when it gets there. */
function evaluatedWith(path: string): ReadonlySet<string> {
  return reached(path, (kind) => kind !== 'dynamic-import');
}

function reached(path: string, follows: (kind: string) => boolean, found = new Set<string>()) {
  const input = metafile.inputs[path];
  if (input === undefined || found.has(path)) return found;
  found.add(path);
  for (const { path: imported, kind } of input.imports) if (follows(kind)) reached(imported, follows, found);
  return found;
}

function commandModules(): string[] {
  const paths = Object.keys(metafile.inputs).filter((path) => path.startsWith('cli/commands/'));
  expect(paths.length).toBeGreaterThan(50);
  return paths;
}

function packagesIn(paths: Iterable<string>): string[] {
  const names = [...paths].map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

async function evaluatedBy(args: readonly string[]): Promise<string[]> {
  const script = `
    globalThis.evaluated = [];
    process.argv = ['node', 'gimlet', ...${JSON.stringify(args)}];
    process.on('exit', () => process.stderr.write('\\n' + JSON.stringify(evaluated)));
    import(${JSON.stringify(bundle)});`;
  const { stderr } = await run(process.execPath, ['-e', script], { env: {}, cwd: folder });
  return JSON.parse(stderr.split('\n').at(-1) ?? '');
}

/** What commands need once they work: most because they work on files themselves. */
const OWN_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'artifact-create': ['zod'],
  'artifact-add': ['yaml', 'zod'],
  'artifact-push': ['zod'],
  'audit-verify': ['zod'],
  'policy-simulate': ['re2js', 'yaml', 'zod'],
  'policy-test': ['re2js', 'yaml', 'zod'],
  'manifest-template': ['re2js', 'yaml', 'zod'],
  'manifest-lint': ['re2js', 'yaml', 'zod'],
  'manifest-create': ['yaml', 'zod'],
  'admin-settings-show': ['yaml'],
  'admin-settings-apply': ['yaml'],
  version: ['zod'],
};

describe('the start of the CLI', () => {
  it('is commander, colours, and the list of commands', () => {
    const first = evaluatedWith(ENTRY);
    expect(packagesIn(first)).toEqual(['commander', 'picocolors']);
    expect([...first].filter((path) => /^(shared|cli\/commands|cli\/client)\//.test(path))).toEqual([]);
  });

  it('loads of Node’s modules only what is used', () => {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ kind, external }) => external && kind === 'import-statement')).toEqual([]);
  });

  it('loads for the help of a command nothing but that', () => {
    const first = evaluatedWith(ENTRY);
    for (const path of commandModules()) {
      const own = [...evaluatedWith(path)].filter((other) => !first.has(other));
      expect(own.filter((other) => other.startsWith('cli/commands/'))).toEqual([path]);
      expect({ path, packages: packagesIn(own) }).toEqual({ path, packages: [] });
    }
  });

  it('loads for the work of a command what that needs', () => {
    const first = evaluatedWith(ENTRY);
    const needs = commandModules().map((path) => {
      const own = [...reached(path, () => true)].filter((other) => !first.has(other));
      return [basename(path, '.ts'), packagesIn(own)] as const;
    });
    expect(Object.fromEntries(needs.filter(([, packages]) => packages.length > 0))).toEqual(OWN_NEEDS);
  });

  it('loads for calls of the API what reads its answers, and no engine of expressions', () => {
    expect(packagesIn(evaluatedWith('cli/client/open-api.ts'))).toEqual(['zod']);
  });

  it.each([
    [['--help'], []],
    [['version'], ['cli/commands/version.ts']],
    [['promote', '--help'], ['cli/commands/promote.ts']],
    [['artifact', 'list', '--help'], ['cli/commands/artifact-list.ts']],
  ])('is the same in the one file that is shipped: %j', async (args, commands) => {
    const expected = [ENTRY, ...commands].flatMap((path) => [...evaluatedWith(path)]);
    const isModule = (path: string) => /\.[cm]?[jt]s$/.test(path) && !path.startsWith('builtin:');
    const evaluated = await evaluatedBy(args);
    expect([...new Set(evaluated)].sort()).toEqual([...new Set(expected.filter(isModule))].sort());
  });
});
