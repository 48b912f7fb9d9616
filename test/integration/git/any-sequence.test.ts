import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isomorphicGitEngine } from '../../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { DirectoryContent, GitBranch, Oid } from '../../../shared/gitops/git-engine.ts';
import { edit, files, write } from '../../support/git-edits.ts';
import { TestGitServer } from '../../support/git-server.ts';
import { fsckStrict, git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Files = Readonly<Record<string, string>>;

/** What a user does with one app; a rollback goes to one of the versions that any app ever had. */
interface Step {
  readonly directory: string;
  readonly action: { readonly write: Files } | { readonly rollback: number } | 'delete';
}

const content = fc.dictionary(
  fc.constantFrom('a.yaml', 'b.yaml', 'b-c.yaml', 'crds/a.yaml', 'crds.yaml', 'deep/er/a.yaml'),
  fc.constantFrom('', '1', '2', 'x'.repeat(600)),
  { maxKeys: 4, noNullPrototype: true },
);
const step: fc.Arbitrary<Step> = fc.record({
  directory: fc
    .tuple(
      fc.constantFrom('staging', 'prod', 'prod-eu', 'prod.eu'),
      fc.constantFrom('app', 'app-2', 'app.x', 'b'),
    )
    .map((names) => names.join('/')),
  action: fc.oneof(
    { weight: 4, arbitrary: content.map((record) => ({ write: record })) },
    { weight: 1, arbitrary: fc.nat().map((rollback) => ({ rollback })) },
    { weight: 1, arbitrary: fc.constant('delete' as const) },
  ),
});
const sequences = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });

interface Version {
  readonly tree: Oid;
  readonly files: Files;
}

/** A work tree in which the same is done with plain files and native git. */
class WorkTree implements Disposable {
  readonly #folder = temporaryFolder();

  constructor() {
    git(this.#folder.path, ['init', '--quiet']);
  }

  replace(directory: string, record: Files): Oid {
    rmSync(join(this.#folder.path, directory), { recursive: true, force: true });
    for (const [path, text] of Object.entries(record)) {
      const target = join(this.#folder.path, directory, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    git(this.#folder.path, ['add', '--all']);
    return git(this.#folder.path, ['write-tree']);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

let server: TestGitServer;
beforeAll(async () => {
  server = await TestGitServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

function contentOf(
  { action }: Step,
  versions: readonly Version[],
): { readonly content: DirectoryContent; readonly files: Files } {
  if (action === 'delete') return { content: { kind: 'absent' }, files: {} };
  if ('write' in action) return { content: files(action.write), files: action.write };
  const version = versions[action.rollback % Math.max(versions.length, 1)];
  if (version === undefined) return { content: { kind: 'absent' }, files: {} };
  return { content: { kind: 'tree', tree: version.tree }, files: version.files };
}

it('leaves, after any sequence of batches, the trees that native git has in a work tree', async () => {
  await fc.assert(
    fc.asyncProperty(sequences, async (batches) => {
      using workTree = new WorkTree();
      const repo = await server.createRepo();
      const branch = await smartHttpGitEngine({ credentials: NO_CREDENTIALS }).open(repo);
      const versions: Version[] = [];
      const expected: Oid[] = [];
      for (const batch of batches) {
        const wanted = batch.map((one) => contentOf(one, versions));
        const plan = await write(
          branch,
          ...batch.map((one, n) => edit(one.directory, wanted[n]?.content ?? { kind: 'absent' })),
        );
        for (const [n, { directory }] of batch.entries()) {
          const { files: record = {} } = wanted[n] ?? {};
          const root = workTree.replace(directory, record);
          const planned = plan.edits[n];
          if (planned?.outcome === 'commit') expected.push(root);
          if (planned !== undefined && planned.outcome !== 'refused' && planned.tree !== null) {
            versions.push({ tree: planned.tree, files: record });
          }
        }
      }
      const log =
        (await branch.tip({ fresh: true })) === null
          ? ''
          : git(repo.path, ['log', '--reverse', '--format=%T', 'main']);
      expect(log.split('\n').filter(Boolean)).toEqual(expected);
      fsckStrict(repo.path);
    }),
    { numRuns: 6 },
  );
}, 120_000);

it('makes the very commits that isomorphic-git makes', async () => {
  using folder = temporaryFolder();
  const options = { credentials: NO_CREDENTIALS };
  const open = async (engine: { open: (ref: { url: string; branch: string }) => Promise<GitBranch> }) => {
    const repo = await server.createRepo();
    return { repo, branch: await engine.open(repo) };
  };
  await fc.assert(
    fc.asyncProperty(sequences, async (batches) => {
      const fast = await open(smartHttpGitEngine(options));
      const slow = await open(isomorphicGitEngine({ ...options, directory: folder.path }));
      const versions: Version[] = [];
      for (const batch of batches) {
        const edits = batch.map((one) => edit(one.directory, contentOf(one, versions).content));
        const plan = await write(fast.branch, ...edits);
        expect(plan).toEqual(await write(slow.branch, ...edits));
        for (const planned of plan.edits) {
          if (planned.outcome === 'commit' && planned.tree !== null)
            versions.push({ tree: planned.tree, files: {} });
        }
      }
    }),
    { numRuns: 3 },
  );
}, 120_000);
