import { beforeAll, beforeEach, expect, it } from 'vitest';
import { keptHeads } from '../../cli/audit/kept-heads.ts';
import { AuditChainStore, HeldLogStore, sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { AUDIT_BRANCH } from '../../shared/audit/kept-head.ts';
import { sealEntries } from '../../shared/audit/seal-entries.ts';
import type { GitBranch, GitEngine } from '../../shared/gitops/git-engine.ts';
import { keepAuditHead } from '../../shared/gitops/keep-audit-head.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { TestRepo } from '../support/git-server.ts';
import { commitForeign, fsckStrict, git, tipOf } from '../support/native-git.ts';
import { embeddedForTests, gitServerForTests } from '../support/services-for-tests.ts';
import { holdBy, makeStores, type Stores } from '../support/stores.ts';
import { ENGINES } from '../support/writer.ts';

const server = gitServerForTests();
const embedded = embeddedForTests();
let stores: Stores;
let repo: TestRepo;
let other: TestRepo;
beforeAll(() => {
  stores = makeStores(embedded());
});
beforeEach(async () => {
  [repo, other] = await Promise.all([server().createRepo(), server().createRepo()]);
  for (const { path, branch } of [repo, other]) commitForeign(path, branch, { 'README.md': 'GitOps\n' });
  await seal();
});

let holds = 0;

/** Something happens, and is sealed. */
async function seal(): Promise<void> {
  holds += 1;
  await stores.targets.hold({ app: 'shop', env: 'staging' }, holdBy('jane', `reason ${holds}`));
  const { table } = stores;
  const ports = { chain: new AuditChainStore(table), logs: new HeldLogStore(table), clock: Date.now };
  await sealEntries({ ...ports, ledger: sealLedger(table) }, Number.POSITIVE_INFINITY);
}

function settings() {
  const gitops = { repo: repo.url, branch: 'main' };
  const environments = { qa: { gitops: { repo: other.url, branch: 'qa' } }, staging: {} };
  return parseSettings(JSON.stringify({ gitops, environments }));
}

const keep = (engine: GitEngine = ENGINES['smart HTTP']()) =>
  keepAuditHead({
    git: engine,
    ledger: sealLedger(stores.table),
    controls: stores.controls,
    settings: settings(),
    clock: Date.now,
  });
const head = async () => sealLedger(stores.table).read();
const kept = async ({ url }: TestRepo) =>
  (await keptHeads(url, process.env)).map(({ block, hash }) => ({ block, hash }));

it('goes into every GitOps repo, beside what is there, once for each head', async () => {
  const main = tipOf(repo.path, 'main');
  const before = await head();
  expect(await keep()).toMatchObject([
    { url: repo.url, commit: tipOf(repo.path, AUDIT_BRANCH) },
    { url: other.url, commit: tipOf(other.path, AUDIT_BRANCH) },
  ]);
  expect(await keep()).toMatchObject([{ commit: null }, { commit: null }]);
  await seal();
  expect(await keep(ENGINES['isomorphic-git']())).toMatchObject([
    { commit: expect.any(String) },
    { commit: expect.any(String) },
  ]);
  expect(await kept(repo)).toEqual([await head(), before]);
  expect(await kept(other)).toEqual([await head(), before]);
  expect(JSON.parse(git(repo.path, ['show', `${AUDIT_BRANCH}:audit/head.json`]))).toEqual(await head());
  expect(tipOf(repo.path, 'main')).toBe(main);
  fsckStrict(repo.path);
});

it('comes after what somebody else has pushed, and is there once when an answer was lost', async () => {
  await keep();
  await seal();
  const { path } = repo;
  const engine = ENGINES['smart HTTP']();
  const late: GitEngine = {
    async open(ref) {
      const branch: GitBranch = await engine.open(ref);
      if (ref.url !== repo.url) return branch;
      let pushes = 0;
      return {
        tip: (options) => branch.tip(options),
        plan: (edits) => branch.plan(edits),
        directories: (folder) => branch.directories(folder),
        commitsSince: (since, limit) => branch.commitsSince(since, limit),
        push: async (plan) => {
          pushes += 1;
          if (pushes === 1) commitForeign(path, AUDIT_BRANCH, { note: 'from somebody else\n' });
          const outcome = await branch.push(plan);
          return pushes === 2 ? { outcome: 'unknown', reason: 'the answer was lost' } : outcome;
        },
      };
    },
  };
  expect(await keep(late)).toMatchObject([{ url: repo.url, commit: null }, { url: other.url }]);
  expect((await kept(repo))[0]).toEqual(await head());
  expect(await kept(repo)).toHaveLength(2);
  expect(git(path, ['show', `${AUDIT_BRANCH}:note`])).toBe('from somebody else');
});

it('is kept where it can be when one repo refuses, and what refuses is named', async () => {
  git(repo.path, ['config', 'http.receivepack', 'false']);
  const [refused, fine] = await keep();
  expect(refused).toMatchObject({ url: repo.url, problem: { code: expect.stringMatching(/^git-/) } });
  expect(fine).toMatchObject({ url: other.url, commit: tipOf(other.path, AUDIT_BRANCH) });
  await expect(keptHeads(repo.url, process.env)).rejects.toThrow(/git clone failed/);
});

it('waits while the kill switch is on', async () => {
  await stores.controls.setGlobal({ killSwitch: 'incident' });
  expect(await keep()).toEqual([]);
  expect(tipOf(repo.path, AUDIT_BRANCH)).toBeNull();
  await stores.controls.setGlobal({});
  expect(await keep()).toMatchObject([{ commit: expect.any(String) }, { commit: expect.any(String) }]);
});
