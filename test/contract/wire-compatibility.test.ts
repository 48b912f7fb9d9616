import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { call } from '../support/api.ts';
import { git } from '../support/native-git.ts';
import {
  outcomeOf,
  type PublishedClient,
  publishedClient,
  type ReleaseStatus,
} from '../support/published-client.ts';
import { startTestSystem } from '../support/system.ts';

let system: LocalSystem;
let client: PublishedClient;
beforeAll(async () => {
  system = await startTestSystem({ warm: true });
  client = publishedClient(system);
});
afterAll(() => system.close());

const WAIT = { timeout: 60_000, interval: 100 };
const SHA = 'ea9ab7cc31b2599bf4afcfd639da516ca27a4780';

/** As the published client makes it of `artifact create`, `add` and `--envFile`. */
function document(id: string, app: string, changes: { version?: object; deploy?: object | undefined } = {}) {
  const manifests = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}\ndata:\n  artifact: ${id}\n`;
  const { deploy = { event: 'push', branch: 'main' }, version } = changes;
  return {
    id,
    version: {
      repositoryName: `laszlocph/${app}`,
      sha: SHA,
      created: 1_622_792_757,
      branch: 'main',
      event: 'push',
      authorName: 'Jane Doe',
      authorEmail: 'jane@doe.org',
      committerName: 'Jane Doe',
      committerEmail: 'jane@doe.org',
      message: 'Bugfix 123',
      url: 'https://github.com/laszlocph/demo/commit/ea9ab7c',
      ...version,
    },
    context: { GITHUB_SHA: SHA },
    environments: [{ app, env: 'staging', namespace: 'my-team', manifests, ...(deploy && { deploy }) }],
    items: [{ name: 'CI', url: 'https://ci.example/1' }],
  };
}

/** Asks as `--wait` does, until it is over. */
async function waited(track: () => Promise<ReleaseStatus>): Promise<ReleaseStatus> {
  await expect.poll(async () => outcomeOf(await track()), WAIT).not.toBe('waits');
  return track();
}

/** Pushes what a policy releases, and waits as the client does. */
async function released(id: string, app: string): Promise<string> {
  await client.artifactPost(document(id, app));
  const status = await waited(() => client.trackArtifact(id));
  expect(outcomeOf(status)).toBe('succeeded');
  return status.results?.[0]?.hash ?? '';
}

describe('artifact push', () => {
  it('answers the artifact in the canonical spelling, and again when it is pushed again', async () => {
    const sent = document('pushed-1', 'pushed', { deploy: undefined });
    const { created, ...stored } = await client.artifactPost(sent);
    expect(stored).toEqual({
      id: 'pushed-1',
      version: sent.version,
      context: sent.context,
      items: sent.items,
      environments: [{ app: 'pushed', env: 'staging', namespace: 'my-team' }],
    });
    expect(created).toEqual(expect.any(Number));
    expect(await client.artifactPost(sent)).toEqual({ created, ...stored });
  });

  it('takes the keys of manifests as the first Go clients wrote them', async () => {
    const { environments, ...rest } = document('go-1', 'go');
    const capital = environments.map(({ app, env, namespace, manifests }) => ({
      App: app,
      Env: env,
      Namespace: namespace,
      Chart: null,
      Values: null,
      Deploy: null,
      Manifests: manifests,
    }));
    const { environments: stored } = await client.artifactPost({ ...rest, environments: capital });
    expect(stored).toEqual([{ app: 'go', env: 'staging', namespace: 'my-team' }]);
  });

  it('fails with the words of the server', async () => {
    await expect(client.artifactPost({ version: {} })).rejects.toThrow(/client error 400: .*version\.sha/);
  });
});

describe('artifact list', () => {
  const ids = async (parameters: string) => (await client.artifactsGet(parameters)).map(({ id }) => id);

  it('finds by each of its parameters, sent as they are', async () => {
    const pr = {
      event: 'pr',
      branch: 'main',
      sourceBranch: 'feature/x',
      targetBranch: 'main',
      sha: 'abcd1234',
    };
    await client.artifactPost(document('list-1', 'list', { deploy: undefined }));
    await client.artifactPost(document('list-2', 'list', { deploy: undefined, version: pr }));
    const ours = 'repository=laszlocph/list';
    await expect.poll(() => ids(ours), WAIT).toEqual(['list-2', 'list-1']);
    expect(await ids(`limit=1&${ours}`)).toEqual(['list-2']);
    expect(await ids(`limit=3&offset=1&${ours}`)).toEqual(['list-1']);
    expect(await ids(`${ours}&branch=main&event=push`)).toEqual(['list-1']);
    expect(await ids(`${ours}&event=pr&sourceBranch=feature/x`)).toEqual(['list-2']);
    expect(await ids(`${ours}&sha=${SHA}&sha=abcd1234`)).toEqual(['list-2', 'list-1']);
    expect(await ids(`since=2021-02-01T15%3A34%3A26%2B01%3A00&${ours}`)).toEqual(['list-2', 'list-1']);
    expect(await ids(`until=2021-02-01T15%3A34%3A26%2B01%3A00&${ours}`)).toEqual([]);
  });
});

describe('release make, list and status', () => {
  it('are one story: an id to track, a release with its version and commit, and what runs', async () => {
    const since = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000', '');
    const byPolicy = await released('story-1', 'story');
    const id = await client.releasesPost({ env: 'staging', app: 'story', artifactId: 'story-1' });
    expect(outcomeOf(await waited(() => client.trackRelease(id)))).toBe('succeeded');
    expect(await client.trackGet(id)).toEqual(['processed', '']);
    const running = {
      app: 'story',
      env: 'staging',
      artifactId: 'story-1',
      triggeredBy: 'policy',
      version: document('story-1', 'story').version,
      gitopsRef: byPolicy,
      gitopsRepo: system.gitopsRepoUrl,
      created: expect.any(Number),
      rolledBack: false,
    };
    const list = await client.releasesGet('limit=10&app=story&env=staging');
    expect(list.at(-1)).toEqual(running);
    expect(list.map(({ triggeredBy }) => triggeredBy)).toEqual(['admin', 'policy']);
    expect(await client.statusGet('app=story&env=staging')).toMatchObject({ story: list[0] });
    const found = async (parameters: string) =>
      (await client.releasesGet(`app=story&env=staging&${parameters}`)).map(({ triggeredBy }) => triggeredBy);
    expect(await found('limit=1&offset=1')).toEqual(['policy']);
    expect(await found('reverse=true')).toEqual(['policy', 'admin']);
    expect(await found('git-repo=laszlocph/story')).toEqual(['admin', 'policy']);
    expect(await found('git-repo=laszlocph/other')).toEqual([]);
    expect(await found(`since=${encodeURIComponent(since)}`)).toEqual(['admin', 'policy']);
    expect(await found(`until=${encodeURIComponent('2021-02-01T15:34:26+01:00')}`)).toEqual([]);
  });

  it('say what is wrong: no environment, an artifact or an app that there is not', async () => {
    await expect(client.releasesGet('')).rejects.toThrow(/client error 400: .*env/);
    await expect(client.statusGet('')).rejects.toThrow(/client error 400: .*env/);
    await expect(client.releasesPost({ env: 'staging', artifactId: 'typo' })).rejects.toThrow(
      /client error 404: .*typo/,
    );
    await client.artifactPost(document('known-1', 'known', { deploy: undefined }));
    await expect(client.releasesPost({ env: 'staging', app: 'typo', artifactId: 'known-1' })).rejects.toThrow(
      /client error 404: .*known/,
    );
  });
});

describe('release rollback and delete', () => {
  it('need neither body nor content type, and are tracked like a release', async () => {
    const first = await released('back-1', 'back');
    const second = await released('back-2', 'back');
    const id = await client.rollbackPost('staging', 'back', first);
    const status = await waited(() => client.trackRelease(id));
    expect(outcomeOf(status)).toBe('succeeded');
    const tree = (commit: string) => git(system.gitopsRepoPath, ['rev-parse', `${commit}:staging/back`]);
    expect(tree(status.results?.[0]?.hash ?? '')).toBe(tree(first));
    expect(tree(second)).not.toBe(tree(first));
    const list = await client.releasesGet('app=back&env=staging');
    expect(list.map(({ rolledBack }) => rolledBack)).toEqual([false, true, false]);
    await client.deletePost('staging', 'back');
    const there = async () => git(system.gitopsRepoPath, ['ls-tree', '--name-only', 'HEAD', 'staging/']);
    await expect.poll(there, WAIT).not.toContain('staging/back');
    // The repo is written first; what the writer then records may take another moment.
    const runs = async () => (await client.statusGet('env=staging&app=back'))['back'];
    await expect.poll(runs, WAIT).toBeNull();
  });

  it('fail for a commit that is not ours and an app that does not run', async () => {
    await expect(client.rollbackPost('staging', 'nobody', SHA)).rejects.toThrow(/client error 404/);
    await expect(client.deletePost('staging', 'nobody')).rejects.toThrow(/client error 404/);
  });
});

describe('artifact track', () => {
  it('never passes for a success where nothing was released', async () => {
    await client.artifactPost(document('none-1', 'none', { deploy: { event: 'push', branch: 'other' } }));
    const status = await waited(() => client.trackArtifact('none-1'));
    expect(outcomeOf(status)).toBe('failed');
    expect(status).toMatchObject({ status: 'error', statusDesc: expect.stringContaining('staging/none') });
    expect(status).not.toHaveProperty('results');
    expect(status).not.toHaveProperty('gitopsHashes');
  });

  it('fails with the reason of a release that failed', async () => {
    const broken = document('broken-1', 'broken');
    const environments = broken.environments.map((manifest) => ({ ...manifest, manifests: '{{ .NOPE }}' }));
    await client.artifactPost({ ...broken, environments });
    const status = await waited(() => client.trackArtifact('broken-1'));
    expect(outcomeOf(status)).toBe('failed');
    expect(JSON.stringify(status)).toContain('NOPE');
  });

  it('is a 404 for an id that there is not', async () => {
    await expect(client.trackArtifact('typo')).rejects.toThrow(/client error 404/);
    await expect(client.trackRelease('typo')).rejects.toThrow(/client error 404/);
  });
});

describe('the GitOps repo', () => {
  it('is told', async () => {
    expect(await client.gitopsRepoGet()).toBe(system.gitopsRepoUrl);
  });
});

describe('a user', () => {
  it('is made with a token that may release, and is found and taken away by the name', async () => {
    const { token = '', ...made } = await client.userPost({ login: 'ci/shop', admin: false });
    expect(made).toEqual({ login: 'ci/shop', admin: false });
    expect(await client.userGet('ci/shop')).toEqual(made);
    const theirs = publishedClient({ ...system, adminToken: token });
    await theirs.artifactPost(document('by-user-1', 'by-user'));
    const status = await waited(() => theirs.trackArtifact('by-user-1'));
    expect(outcomeOf(status)).toBe('succeeded');
    await expect(theirs.userPost({ login: 'more', admin: true })).rejects.toThrow(/client error 403/);
    await expect(client.userPost({ login: 'ci/shop', admin: true })).rejects.toThrow(/client error 409/);
    const users = (await call(system, '/api/users')).body as { readonly login: string }[];
    expect(users.map(({ login }) => login)).toEqual(['admin', 'ci/shop']);
    await call(system, '/api/user/ci%2Fshop', { method: 'DELETE' });
    await expect(client.userGet('ci/shop')).rejects.toThrow(/client error 404/);
    await expect(client.userGet('admin')).resolves.toMatchObject({ admin: true });
  });
});
