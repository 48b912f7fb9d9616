import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import type { Release } from '../../shared/release/release.ts';
import type { TestGitServer, TestRepo } from '../support/git-server.ts';
import { commitForeign, filesOf, fsckStrict, git, installHook, tipOf } from '../support/native-git.ts';
import { readyChange, readyRelease } from '../support/ready-release.ts';
import { freshGitOpsForTests } from '../support/services-for-tests.ts';
import { markOf, type Stores } from '../support/stores.ts';
import { ENGINES, type EngineName, makeWriterPorts, overriding } from '../support/writer.ts';
import { writing } from '../support/writing.ts';

let server: TestGitServer;
let stores: Stores;
let repo: TestRepo;
let ports: WriterPorts;

freshGitOpsForTests((given) => {
  ({ server, stores, repo } = given);
  ports = makeWriterPorts(stores);
});

const { write, stateOf, written } = writing(() => ({ stores, repo, ports }));
const tip = () => tipOf(repo.path, repo.branch) as string;
const subjects = () => git(repo.path, ['log', '--format=%s', repo.branch]).split('\n');
const target = { app: 'shop', env: 'staging' };
const version = (sha: string) =>
  ({ repositoryName: 'acme/shop', sha, event: 'push', branch: 'main' }) as const;

/** Writes a release and answers its record afterwards. */
async function written1(release: Release): Promise<Release> {
  await write([release.id]);
  return (await stores.releases.get(release.id)) as Release;
}

describe.each(Object.keys(ENGINES) as EngineName[])('writing a release with %s', (engine) => {
  beforeEach(() => {
    ports = makeWriterPorts(stores, engine);
  });

  it('commits its files and release.json, and records what runs', async () => {
    const release = await readyRelease(stores, repo, { files: { 'deployment.yaml': '---\na: 1\n' } });
    await write([release.id]);
    expect(filesOf(repo.path, tip())).toEqual({
      'staging/shop/deployment.yaml': '---\na: 1',
      'staging/shop/release.json': JSON.stringify({
        app: 'shop',
        env: 'staging',
        artifactId: release.artifactId,
        triggeredBy: 'policy',
        version: release.version,
        gitopsRef: '',
        gitopsRepo: '',
      }),
    });
    expect(git(repo.path, ['log', '-1', '--format=%an <%ae>%n%B', repo.branch])).toBe(
      [
        'GimletD <gimletd@localhost>',
        '[Gimlet] staging/shop automated deploy',
        '',
        `Artifact-Id: ${release.artifactId}`,
        `Release-Id: ${release.id}`,
        `Release-Order: ${release.order}`,
        'Triggered-By: policy',
        'Policy: manifest',
        `Source-Commit: ${release.version.sha}`,
        '',
      ].join('\n'),
    );
    expect(await stores.releases.get(release.id)).toMatchObject({ state: 'released', commit: tip() });
    expect((await stores.targets.get(release)).running).toMatchObject({
      releaseId: release.id,
      commit: tip(),
    });
    expect(await markOf(stores, keys.release(release.id))).toBeUndefined();
  });

  it('replaces the directory as a whole and touches nothing outside', async () => {
    commitForeign(repo.path, repo.branch, { 'README.md': 'ours', 'staging/other/a.yaml': 'b' });
    const first = await readyRelease(stores, repo, { files: { 'pvc.yaml': 'p\n', 'service.yaml': 's\n' } });
    await write([first.id]);
    const second = await readyRelease(stores, repo, { files: { 'service.yaml': 's2\n' } });
    await write([second.id]);
    expect(Object.keys(filesOf(repo.path, tip()))).toEqual([
      'README.md',
      'staging/other/a.yaml',
      'staging/shop/release.json',
      'staging/shop/service.yaml',
    ]);
  });

  it('makes a commit for each release of a batch and one push for all', async () => {
    const releases = [];
    for (const app of ['a', 'b', 'c']) releases.push(await readyRelease(stores, repo, { app }));
    server.clearRequests();
    const report = await write([releases[0]?.id ?? '']);
    expect(report.branches).toMatchObject([{ written: 3, pushes: 1, conflicts: 0 }]);
    expect(
      server.requests.filter(({ path, method }) => method === 'POST' && path.includes('receive-pack')),
    ).toHaveLength(1);
    expect(written()).toEqual(releases.map(({ id }) => id));
    fsckStrict(repo.path);
  });

  it('writes only the newest of a target, whatever order they come in', async () => {
    const older = await readyRelease(stores, repo);
    const newer = await readyRelease(stores, repo);
    await write([newer.id, older.id]);
    expect(written()).toEqual([newer.id]);
    expect(await stores.releases.get(older.id)).toMatchObject({
      state: 'superseded',
      outcomeReason: `release ${newer.id} came after it`,
    });
  });

  it('never writes an older release over a newer one that is written', async () => {
    const older = await readyRelease(stores, repo);
    const newer = await readyRelease(stores, repo);
    const onlyNewer = overriding(stores.ready, { list: () => Promise.resolve([]) });
    await write([newer.id], { ...ports, ready: onlyNewer });
    await write([older.id]);
    expect(written()).toEqual([newer.id]);
    expect(await stateOf(older.id)).toBe('superseded');
  });

  it('commits nothing for what is there already', async () => {
    const files = { 'a.yaml': 'a: 1\n' };
    const first = await readyRelease(stores, repo, { files, artifactId: 'same', version: version('s') });
    await write([first.id]);
    const again = await readyRelease(stores, repo, { files, artifactId: 'same', version: version('s') });
    await write([again.id]);
    expect(written()).toEqual([first.id]);
    expect(await stores.releases.get(again.id)).toMatchObject({ state: 'unchanged', commit: tip() });
  });

  it('believes that something is there already only of the branch as it is now', async () => {
    const same = { files: { 'a.yaml': 'a: 1\n' }, artifactId: 'same', version: version('s') };
    const first = await readyRelease(stores, repo, same);
    await write([first.id]);
    commitForeign(repo.path, repo.branch, { 'staging/shop/a.yaml': 'edited by hand' });
    const again = await readyRelease(stores, repo, same);
    await write([again.id]);
    expect(written()).toEqual([first.id, again.id]);
    expect(filesOf(repo.path, tip())['staging/shop/a.yaml']).toBe('a: 1');
  });

  it('does nothing for a message that comes again', async () => {
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    const before = tip();
    await write([release.id, release.id]);
    expect(tip()).toBe(before);
  });

  it('puts what is in no directory of its own into the repo’s root when it holds one environment', async () => {
    const location = { repo: repo.url, branch: repo.branch, layout: 'flat' } as const;
    await write([(await readyRelease(stores, repo, { location })).id]);
    expect(Object.keys(filesOf(repo.path, tip()))).toEqual(['shop/configmap.yaml', 'shop/release.json']);
  });

  it('puts back what an earlier release had written, whatever came after, in one commit', async () => {
    const first = await written1(
      await readyRelease(stores, repo, { files: { 'a.yaml': '1\n', 'pvc.yaml': 'p\n' } }),
    );
    await written1(await readyRelease(stores, repo, { files: { 'a.yaml': '2\n' } }));
    await written1(await readyRelease(stores, repo, { app: 'other' }));
    const before = filesOf(repo.path, first.commit ?? '');
    const change = {
      kind: 'rollback',
      tree: first.tree ?? '',
      bundle: first.bundle ?? '',
      restores: first.id,
    } as const;
    const back = await written1(await readyChange(stores, first, change));
    expect(back).toMatchObject({ state: 'released', tree: first.tree });
    const now = filesOf(repo.path, tip());
    for (const [path, text] of Object.entries(before)) expect(now[path]).toBe(text);
    expect(subjects()[0]).toBe('[Gimlet] staging/shop rolled back by jane');
    expect(Object.keys(now).filter((path) => path.startsWith('staging/other/'))).toHaveLength(2);
  });

  it('takes the directory of a deleted app away, and its environment’s when that is empty then', async () => {
    const first = await written1(await readyRelease(stores, repo));
    commitForeign(repo.path, repo.branch, { 'README.md': 'kept' });
    await written1(await readyChange(stores, first, { kind: 'delete' }));
    expect(Object.keys(filesOf(repo.path, tip()))).toEqual(['README.md']);
    expect((await stores.targets.get(target)).running).toMatchObject({ tree: null });
    const again = await written1(await readyChange(stores, first, { kind: 'delete' }));
    expect(again.state).toBe('unchanged');
  });

  it('says when the directory was not as we had left it', async () => {
    await write([(await readyRelease(stores, repo)).id]);
    commitForeign(repo.path, repo.branch, { 'staging/shop/configmap.yaml': 'edited by hand' });
    const next = await readyRelease(stores, repo);
    await write([next.id]);
    expect(await stores.releases.get(next.id)).toMatchObject({ state: 'released', drifted: true });
  });

  it('ends one that the repo can’t take, and writes the others', async () => {
    commitForeign(repo.path, repo.branch, { 'staging/bad': { symlink: '/etc' } });
    const bad = await readyRelease(stores, repo, { app: 'bad' });
    const good = await readyRelease(stores, repo, { app: 'good' });
    await write([bad.id]);
    expect(await stores.releases.get(bad.id)).toMatchObject({ state: 'failed' });
    expect(await stateOf(good.id)).toBe('released');
  });

  it('ends none for what has gone from the repo meanwhile', async () => {
    commitForeign(repo.path, repo.branch, { 'staging/shop': { symlink: '/etc' } });
    await write([(await readyRelease(stores, repo)).id]);
    commitForeign(repo.path, repo.branch, { 'staging/shop': null });
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    expect(written()).toEqual([release.id]);
  });
});

describe('trouble with the repo', () => {
  it('is survived when somebody pushes in between', async () => {
    const warmUp = await readyRelease(stores, repo, { app: 'first' });
    await write([warmUp.id]);
    commitForeign(repo.path, repo.branch, { 'README.md': 'theirs' });
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    expect(written()).toEqual([warmUp.id, release.id]);
    expect(filesOf(repo.path, tip())['README.md']).toBe('theirs');
  });

  it('leaves the releases ready, with the server’s words, when it refuses us', async () => {
    installHook(repo.path, 'pre-receive', 'echo "not on a Friday" >&2; exit 1');
    const release = await readyRelease(stores, repo);
    const report = await write([release.id]);
    expect(report.branches[0]?.paused).toContain('pre-receive hook declined');
    expect(await stateOf(release.id)).toBe('ready');
    expect(await markOf(stores, keys.release(release.id))).toBeDefined();
    expect(tipOf(repo.path, repo.branch)).toBeNull();
  });

  it('of one branch does not hold up another', async () => {
    const gone = { ...repo, url: `http://127.0.0.1:${server.port}/no-such-repo.git` };
    const lost = await readyRelease(stores, gone, { app: 'lost' });
    const fine = await readyRelease(stores, repo);
    const report = await write([lost.id, fine.id]);
    expect(report.branches).toMatchObject([
      { url: gone.url, paused: expect.stringContaining('404') },
      { url: repo.url },
    ]);
    expect(await stateOf(fine.id)).toBe('released');
    expect(await stateOf(lost.id)).toBe('ready');
  });

  it('is found out by looking when the answer to a push is lost', async () => {
    await write([(await readyRelease(stores, repo, { app: 'first' })).id]);
    const release = await readyRelease(stores, repo);
    server.failNext(/^\/git-receive-pack/, { kind: 'drop-answer' });
    await write([release.id]);
    expect(written()).toHaveLength(2);
    expect(await stateOf(release.id)).toBe('released');
  });
});
