import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import { sweep } from '../../shared/messages/sweep.ts';
import type { Release } from '../../shared/release/release.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { Embedded } from '../support/embedded.ts';
import type { TestGitServer, TestRepo } from '../support/git-server.ts';
import { violations, writtenCommits } from '../support/gitops-oracle.ts';
import { commitForeign, filesOf, fsckStrict, git, installHook, tipOf } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { freshGitOpsForTests } from '../support/services-for-tests.ts';
import { markOf, RESEND, receive, type Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

let embedded: Embedded;
let server: TestGitServer;
let stores: Stores;
let repo: TestRepo;
/** The writer's time; sleeping makes it pass. */
let now: number;
let slept: number[];
let ports: WriterPorts;

freshGitOpsForTests((given) => {
  ({ embedded, server, stores, repo } = given);
  server.clearRequests();
  now = Date.now();
  slept = [];
  ports = {
    ...makeWriterPorts(stores),
    clock: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
});

const write = async (ids: readonly string[], writer = ports) => {
  const { branches } = await writeReleases(writer, ids, now + 55_000, [
    { url: repo.url, branch: repo.branch },
  ]);
  return branches[0];
};
/** What would wake the writer, taken out of its queue. */
async function takeWakeUps(): Promise<Record<string, unknown>[]> {
  const QueueUrl = embedded.queueUrls['gitops-writes'];
  const { Messages = [] } = await embedded.sqsClient.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const { ReceiptHandle } of Messages)
    await embedded.sqsClient.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>);
}
const stateOf = async (id: string) => (await stores.releases.get(id))?.state;
const pushesSeen = () =>
  server.requests.filter(({ method, path }) => method === 'POST' && path === '/git-receive-pack').length;
const VERSION = { repositoryName: 'acme/shop', sha: 'abc', event: 'push', branch: 'main' } as const;
const ref = () => ({ url: repo.url, branch: repo.branch });

describe('a repo that refuses us', () => {
  beforeEach(() => installHook(repo.path, 'pre-receive', 'echo "closed for today" >&2; exit 1'));

  it('is paused with its words, and left alone until the next probe', async () => {
    const release = await readyRelease(stores, repo);
    expect((await write([release.id]))?.paused).toContain('closed for today');
    server.clearRequests();
    now += 59_000;
    expect((await write([release.id]))?.paused).toContain('closed for today');
    expect(server.requests).toEqual([]);
    expect(await stateOf(release.id)).toBe('ready');
  });

  it('is tried once a minute, and written to as soon as it lets us', async () => {
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    for (let minute = 1; minute <= 3; minute += 1) {
      now += 60_000;
      await write([]);
      expect(await stores.pauses.read(ref())).toMatchObject({ probes: minute + 1, until: now + 60_000 });
    }
    installHook(repo.path, 'pre-receive', 'exit 0');
    now += 60_000;
    expect(await write([])).toMatchObject({ written: 1 });
    expect(await stateOf(release.id)).toBe('released');
    expect(await stores.pauses.read(ref())).toBeUndefined();
  });

  it('is probed by the sweeper’s doing, though no release’s own mark is due', async () => {
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    await receive(embedded, 'gitops-writes');
    const key = keys.release(release.id);
    const update = { UpdateExpression: 'REMOVE duePk, dueSk' };
    await stores.table.update(key, update, { notAudited: 'done by a test' });
    await sweep(stores, { now: now + 60_000, limit: 10, resend: RESEND });
    expect(await receive(embedded, 'gitops-writes')).toEqual([{ type: 'branch', ...ref() }]);
    expect(await markOf(stores, key)).toBeDefined();
  });

  it('is probed in its time also when it refuses us again soon after', async () => {
    const probes: unknown[] = [];
    for (const order of [1, 2]) {
      const { id } = await readyRelease(stores, repo, { order });
      installHook(repo.path, 'pre-receive', 'echo "closed for today" >&2; exit 1');
      expect((await write([id]))?.paused).toContain('closed for today');
      now += 60_000;
      await sweep(stores, { now, limit: 10, resend: RESEND });
      probes.push(...(await takeWakeUps()).filter(({ type }) => type === 'branch'));
      installHook(repo.path, 'pre-receive', 'exit 0');
      expect(await write([])).toMatchObject({ written: 1 });
    }
    expect(probes).toEqual([
      { type: 'branch', ...ref() },
      { type: 'branch', ...ref() },
    ]);
  });
});

describe('a release that changes nothing', () => {
  it('is told as that, and leaves the commit to whoever made it, also when the writer dies right then', async () => {
    const same = { files: { 'a.yaml': 'n: 1\n' }, artifactId: 'artifact', version: { ...VERSION } };
    const first = await readyRelease(stores, repo, same);
    await write([first.id]);
    const again = await readyRelease(stores, repo, same);
    const die = () => Promise.reject(new Error('died before the end'));
    const dying: Stores['releases']['move'] = (release, change, mark) =>
      change.state === 'unchanged' ? die() : stores.releases.move(release, change, mark);
    const releases = overriding(stores.releases, { move: dying });
    await expect(write([again.id], { ...ports, releases })).rejects.toThrow('died');
    await write([again.id]);
    const { commit = '' } = (await stores.releases.get(first.id)) ?? {};
    expect(await stores.releases.get(again.id)).toMatchObject({ state: 'unchanged', commit });
    expect(await stores.releases.findCommit(commit)).toMatchObject({ releaseId: first.id });
  });
});

describe('a repo in trouble', () => {
  it('is tried again at once when it was a passing fault', async () => {
    const release = await readyRelease(stores, repo);
    server.failNext(/info\/refs/, { kind: 'answer', status: 502 });
    expect(await write([release.id])).toMatchObject({ written: 1 });
    expect(slept).toHaveLength(1);
  });

  it('is paused for as long as it asks for', async () => {
    const release = await readyRelease(stores, repo);
    server.failNext(/info\/refs/, { kind: 'answer', status: 429, headers: { 'retry-after': '300' } });
    expect((await write([release.id]))?.paused).toContain('429');
    expect(await stores.pauses.read(ref())).toMatchObject({ until: now + 300_000 });
  });
});

describe('a release whose objects the server can’t take', () => {
  it('is found by halving and ends alone; all others are written', async () => {
    git(repo.path, ['config', 'receive.fsckObjects', 'true']);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const releases = [];
    for (const app of names) releases.push(await readyRelease(stores, repo, { app }));
    const bad = releases[4]?.id ?? '';
    // The server's own check that refuses a pack in which this app is touched, as a pack that can't be unpacked.
    const writer = refusingObjects(ports, 'staging/e');
    await write(
      releases.map(({ id }) => id),
      writer,
    );
    await write([], writer);
    expect(await stores.releases.get(bad)).toMatchObject({
      state: 'failed',
      errorCode: 'git-objects-refused',
    });
    const states = await Promise.all(releases.map(({ id }) => stateOf(id)));
    expect(states.filter((state) => state === 'released')).toHaveLength(6);
    const tip = tipOf(repo.path, repo.branch) as string;
    expect(Object.keys(filesOf(repo.path, tip)).filter((path) => path.endsWith('release.json'))).toEqual(
      names.filter((app) => app !== 'e').map((app) => `staging/${app}/release.json`),
    );
  });
});

/** A writer whose server answers `unpack failed` to every push that carries a commit of a directory. */
function refusingObjects(writer: WriterPorts, directory: string): WriterPorts {
  return {
    ...writer,
    git: {
      async open(branchRef) {
        const branch = await writer.git.open(branchRef);
        const refused = new WeakSet<object>();
        return {
          tip: (options) => branch.tip(options),
          directories: (path) => branch.directories(path),
          commitsSince: (since, limit) => branch.commitsSince(since, limit),
          async plan(edits) {
            const plan = await branch.plan(edits);
            if (edits.some((edit) => edit.directory === directory)) refused.add(plan);
            return plan;
          },
          async push(plan) {
            return refused.has(plan)
              ? { outcome: 'refused', reason: 'unpack index-pack abnormal exit', objects: true }
              : branch.push(plan);
          },
        };
      },
    },
  };
}

describe('a host that asks for few pushes', () => {
  it('gets a burst, then one push for all that has come meanwhile', async () => {
    const settings = parseSettings(JSON.stringify({ gitops: { repo: repo.url, pushesPerMinute: 3 } }));
    const writer = { ...ports, settings };
    for (const app of ['a', 'b', 'c']) {
      await write([(await readyRelease(stores, repo, { app })).id], writer);
      now += 1_000;
    }
    expect([pushesSeen(), slept]).toEqual([3, []]);
    server.clearRequests();
    const late = [];
    for (const app of ['d', 'e', 'f']) late.push(await readyRelease(stores, repo, { app }));
    // The writer's time is up long before the minute is: it leaves them ready.
    expect(
      await write(
        late.map(({ id }) => id),
        writer,
      ),
    ).toMatchObject({ written: 0 });
    now += 30_000;
    expect(
      await write(
        late.map(({ id }) => id),
        writer,
      ),
    ).toMatchObject({ written: 3, pushes: 1 });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(20_000);
  });
});

describe('somebody else who edits what we wrote', () => {
  const drifts = async () => {
    const targets = await stores.targets.listOf('staging');
    return Object.fromEntries(targets.flatMap(({ app, drift }) => (drift ? [[app, drift.tree]] : [])));
  };

  it('is noticed with the next push, for every app, and nothing of it is overwritten', async () => {
    await write([
      (await readyRelease(stores, repo, { app: 'kept' })).id,
      (await readyRelease(stores, repo, { app: 'edited' })).id,
      (await readyRelease(stores, repo, { app: 'removed' })).id,
    ]);
    commitForeign(repo.path, repo.branch, {
      'staging/edited/configmap.yaml': 'by hand',
      'staging/removed/configmap.yaml': null,
      'staging/removed/release.json': null,
    });
    const other = await readyRelease(stores, repo, { app: 'other' });
    const report = await write([other.id], { ...makeWriterPorts(stores), clock: () => now });
    expect([...(report?.drifted ?? [])].sort()).toEqual(['staging/edited', 'staging/removed']);
    const edited = git(repo.path, ['rev-parse', `${repo.branch}:staging/edited`]);
    expect(await drifts()).toEqual({ edited, removed: null });
    expect(filesOf(repo.path, tipOf(repo.path, repo.branch) as string)['staging/edited/configmap.yaml']).toBe(
      'by hand',
    );
  });

  it('is noticed by a warm writer too, once its push finds the branch elsewhere', async () => {
    await write([(await readyRelease(stores, repo, { app: 'edited' })).id]);
    commitForeign(repo.path, repo.branch, { 'staging/edited/configmap.yaml': 'by hand' });
    const report = await write([(await readyRelease(stores, repo, { app: 'other' })).id]);
    expect(report).toMatchObject({ written: 1, conflicts: 1, drifted: ['staging/edited'] });
  });

  it('is forgotten with the next release of the app, and when the edit is taken back', async () => {
    const first = await readyRelease(stores, repo, { app: 'edited' });
    await write([first.id]);
    const original = filesOf(repo.path, tipOf(repo.path, repo.branch) as string)[
      'staging/edited/configmap.yaml'
    ];
    commitForeign(repo.path, repo.branch, { 'staging/edited/configmap.yaml': 'by hand\n' });
    await write([(await readyRelease(stores, repo, { app: 'other' })).id]);
    expect(Object.keys(await drifts())).toEqual(['edited']);
    commitForeign(repo.path, repo.branch, { 'staging/edited/configmap.yaml': `${original}\n` });
    await write([(await readyRelease(stores, repo, { app: 'other' })).id]);
    expect(await drifts()).toEqual({});
    commitForeign(repo.path, repo.branch, { 'staging/edited/configmap.yaml': 'again\n' });
    await write([(await readyRelease(stores, repo, { app: 'other' })).id]);
    await write([(await readyRelease(stores, repo, { app: 'edited' })).id]);
    expect(await drifts()).toEqual({});
  });

  it('is not accused of what we wrote ourselves', async () => {
    for (const app of ['a', 'b', 'a', 'c']) {
      const report = await write([(await readyRelease(stores, repo, { app })).id], makeWriterPorts(stores));
      expect(report?.drifted).toEqual([]);
    }
  });
});

describe('twenty writers on one branch at once', () => {
  it('lose nothing, write nothing twice, and keep the order of every app', { timeout: 120_000 }, async () => {
    const releases: Release[] = [];
    for (let n = 0; n < 40; n += 1) releases.push(await readyRelease(stores, repo, { app: `app-${n % 10}` }));
    const writers = [...Array(20)].map(() => makeWriterPorts(stores));
    const open = async () => (await Promise.all(releases.map(({ id }) => stateOf(id)))).filter(isOpen);
    for (let round = 0; round < 20 && (await open()).length > 0; round += 1) {
      const named = (index: number) => releases.filter((_, n) => n % 20 === index).map(({ id }) => id);
      await Promise.all(
        writers.map((writer, index) => writeReleases(writer, named(index), Date.now() + 55_000)),
      );
    }
    expect(await open()).toEqual([]);
    const commits = writtenCommits(repo.path);
    expect(violations(commits)).toEqual([]);
    const released = await Promise.all(
      releases.map(async ({ id }) => ((await stateOf(id)) === 'released' ? [id] : [])),
    );
    expect(commits.map(({ releaseId }) => releaseId).sort()).toEqual(released.flat().sort());
    for (const newest of releases.slice(-10)) expect(await stateOf(newest.id)).toBe('released');
    fsckStrict(repo.path);
  });
});

function isOpen(state: string | undefined): boolean {
  return state === 'ready' || state === 'writing';
}
