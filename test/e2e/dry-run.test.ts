import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { diffAnswer, previewAnswer } from '../../shared/contract/previews.ts';
import { type CallOptions, call, listReleases } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { commitForeign, git, tipOf } from '../support/native-git.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { folderForTests } from '../support/test-folder.ts';

const WAIT = ['--wait', '--timeout', '60s'];

let system: LocalSystem;
const folder = folderForTests();
beforeAll(async () => {
  system = await startTestSystem({ warm: true });
});
afterAll(() => system.close());

const cli = (...args: string[]) =>
  gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken } });

const configMap = (app: string, n: number, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}\ndata:\n  number: "${n}"\n${more}`;

interface Fields {
  readonly branch?: string;
  readonly apps?: readonly string[];
  readonly production?: string;
}

/** Pushes version `n` of apps, released to staging when its branch is main; answers its artifact's id. */
async function pushed(app: string, n: number, { branch = 'main', apps = [app], production }: Fields = {}) {
  const environments = apps.flatMap((name) => [
    manifest(name, 'staging', { manifests: configMap(name, n) }),
    manifest(name, 'production', { deploy: undefined, manifests: production ?? configMap(name, n) }),
  ]);
  const version = { repositoryName: `acme/${app}`, sha: `sha${n}`, branch, event: 'push' };
  const file = join(folder, `${app}-${n}.json`);
  await writeFile(file, JSON.stringify(artifactDocument({ id: `${app}-${n}`, version, environments })));
  const { code, stdout, stderr } = await cli('artifact', 'push', '-f', file, ...WAIT);
  expect(code, stdout + stderr).toBe(0);
  return `${app}-${n}`;
}

async function dryRun(path: string, body: object) {
  const answer = await call(system, `${path}?dryRun=true`, { body });
  expect(answer).toMatchObject({ status: 200 });
  return previewAnswer.parse(answer.body);
}

/** All that a dry run must leave as it was. */
async function traces(app: string, ids: readonly string[] = []) {
  const bodies = [
    `/api/releases?env=staging&app=${app}`,
    `/api/releases?env=production&app=${app}`,
    `/api/status?env=staging&app=${app}`,
    '/api/holds',
    ...ids.map((id) => `/api/artifacts/${id}/decisions`),
  ].map(async (path) => (await call(system, path)).body);
  return { bodies: await Promise.all(bodies), tip: tipOf(system.gitopsRepoPath, 'main') };
}

/** What the GitOps repo's files would be when git applies a diff to them. */
function applied(diff: string, path: string): string {
  using work = temporaryFolder();
  git(work.path, ['clone', '-q', system.gitopsRepoPath, '.']);
  git(work.path, ['apply', '-'], { input: diff });
  return git(work.path, ['hash-object', path]);
}

describe('a dry run', { timeout: 60_000 }, () => {
  it('of a release is the diff that git would see, and leaves no trace', async () => {
    await pushed('web', 1);
    const second = await pushed('web', 2, { branch: 'feature/x' });
    const before = await traces('web', [second]);
    const { releases } = await dryRun('/api/releases', { env: 'staging', artifactId: second });
    expect(releases).toMatchObject([
      {
        app: 'web',
        artifactId: second,
        outcome: 'released',
        running: { artifactId: 'web-1', drifted: false },
        files: [{ path: 'manifest.yaml', change: 'modified', additions: 1, deletions: 1 }],
      },
    ]);
    const foreseen = applied(releases[0]?.diff ?? '', 'staging/web/manifest.yaml');
    expect(await traces('web', [second])).toEqual(before);
    await cli('release', '-a', second, '-e', 'staging', ...WAIT);
    const written = git(system.gitopsRepoPath, ['rev-parse', 'HEAD:staging/web/manifest.yaml']);
    expect(written).toBe(foreseen);
  });

  it('of several apps has a result for each, and one that can’t be rendered hides no other', async () => {
    const id = await pushed('many', 1, { apps: ['many-a', 'many-b'] });
    const { releases } = await dryRun('/api/releases', { env: 'production', artifactId: id });
    expect(releases.map(({ app, outcome, files }) => [app, outcome, files[0]?.change])).toEqual([
      ['many-a', 'released', 'added'],
      ['many-b', 'released', 'added'],
    ]);
    const bad = artifactDocument({
      id: 'many-2',
      environments: [
        manifest('many-a', 'production', { deploy: undefined, manifests: configMap('many-a', 2) }),
        manifest('many-b', 'production', { deploy: undefined, manifests: 'kind: ConfigMap\n' }),
      ],
    });
    await call(system, '/api/artifact', { body: bad });
    const mixed = await dryRun('/api/releases', { env: 'production', artifactId: 'many-2' });
    expect(mixed.releases).toMatchObject([
      { app: 'many-a', outcome: 'released' },
      { app: 'many-b', outcome: 'failed', errors: [expect.anything(), expect.anything()] },
    ]);
    const { code, stdout } = await cli('release', '-a', 'many-2', '-e', 'production', '--dry-run');
    expect(code).toBe(1);
    expect(stdout).toContain('apiVersion');
    expect(stdout).toContain('Dry run: nothing was asked for.');
  });

  it('of what controls stop says so, with the diff, and exits 1', async () => {
    const id = await pushed('kept', 1);
    const limit = { branchPattern: 'release/.*' };
    await call(system, '/api/policies/branch-restriction/production', { method: 'PUT', body: limit });
    const freeze = ['policy', 'freeze', '--env', 'production', '--name', 'sale', '--reason', 'sale'];
    const args = ['release', '-a', id, '-e', 'production', '--dry-run'];
    const restricted = await cli(...args);
    expect(restricted.code).toBe(1);
    expect(restricted.stdout).toContain('the environment takes only branches that match release/.*');
    expect(restricted.stdout).toContain('+  number: "1"');
    await call(system, '/api/policies/branch-restriction/production', { method: 'DELETE' });
    await cli(...freeze, '--from', '2026-01-01T00:00:00Z', '--until', '2126-01-01T00:00:00Z');
    expect((await cli(...args)).stdout).toContain('frozen');
    const inSpite = await cli(...args, '--override-freeze', 'it is down', '-o', 'json');
    await cli('policy', 'delete', 'freeze/production/sale');
    expect(inSpite.code).toBe(0);
    expect(JSON.parse(inSpite.stdout)).toMatchObject({ releases: [{ outcome: 'released' }] });
    expect(await listReleases(system, 'env=production&app=kept')).toEqual([]);
  });

  it('of a rollback, a delete and a promotion shows what they would do, and does none of it', async () => {
    const first = await pushed('back', 1);
    await pushed('back', 2);
    const before = await traces('back');
    const back = await cli(
      'release',
      'rollback',
      '-e',
      'staging',
      '--app',
      'back',
      '--to',
      first,
      '--dry-run',
    );
    expect(back.code, back.stderr).toBe(0);
    expect(back.stdout).toContain('-  number: "2"\n+  number: "1"');
    expect(back.stdout).toContain('automation of it would be held from then on: it was rolled back');
    const gone = await cli('release', 'delete', '-e', 'staging', '--app', 'back', '--dry-run');
    expect(gone.stdout).toContain('deleted file mode 100644');
    const up = await cli('promote', '--from', 'staging', '--to', 'production', '--app', 'back', '--dry-run');
    expect(up.stdout).toContain('new file mode 100644');
    expect(await traces('back')).toEqual(before);
    const typo = await cli('release', 'rollback', '-e', 'staging', '--app', 'back', '--to', 'x', '--dry-run');
    expect(typo.code).toBe(1);
    expect(typo.stderr).toContain("nothing of 'back' in 'staging' to go back to at 'x'");
    await call(system, '/api/holds/staging/back', { method: 'PUT', body: { reason: 'looking' } });
    const held = await dryRun('/api/delete', { env: 'staging', app: 'back' });
    expect(held.releases[0]?.hold).toEqual({
      owner: 'admin',
      reason: 'looking',
      since: expect.any(Number),
    });
  });

  it('of what runs already changes no file; of what drifted it says so', async () => {
    const id = await pushed('edited', 1);
    const same = await dryRun('/api/releases', { env: 'staging', artifactId: id });
    expect(same.releases).toMatchObject([{ files: [], diff: '', running: { drifted: false } }]);
    commitForeign(system.gitopsRepoPath, 'main', { 'staging/edited/manifest.yaml': 'by hand: 1\n' });
    await pushed('other', 1);
    const args = ['release', '-a', id, '-e', 'staging', '--dry-run'];
    const noticed = async () =>
      JSON.parse((await cli(...args, '-o', 'json')).stdout).releases[0].running.drifted;
    await expect.poll(noticed, { timeout: 20_000, interval: 200 }).toBe(true);
    expect((await cli(...args)).stdout).toContain('somebody else has changed its directory since');
  });

  it.each<[string, string, CallOptions, number]>([
    ['an unknown artifact', '/api/releases?dryRun=true', { body: { env: 'staging', artifactId: 'no' } }, 404],
    ['a word that is none', '/api/releases?dryRun=maybe', { body: { env: 'a', artifactId: 'b' } }, 400],
    [
      'no token',
      '/api/delete?dryRun=true&env=a&app=b',
      { method: 'POST', headers: { authorization: '' } },
      401,
    ],
  ])('with %s is refused as a real one is', async (_what, path, options, status) => {
    expect(await call(system, path, options)).toMatchObject({ status });
  });
});

describe('what runs in two environments', { timeout: 60_000 }, () => {
  const compare = async (query: string) => {
    const answer = await call(system, `/api/diff?${query}`);
    expect(answer).toMatchObject({ status: 200 });
    return diffAnswer.parse(answer.body);
  };

  it('is compared app by app, and in full for one', async () => {
    const same = await pushed('same', 1);
    const differs = await pushed('differs', 1, { production: configMap('differs', 1, '  more: "1"\n') });
    await pushed('alone', 1);
    for (const id of [same, differs]) await cli('release', '-a', id, '-e', 'production', ...WAIT);
    const { apps } = await compare('from=staging&to=production');
    const stateOf = (name: string) => apps.find(({ app }) => app === name)?.state;
    expect(['same', 'differs', 'alone'].map(stateOf)).toEqual(['same', 'different', 'onlyFrom']);
    expect(apps.every((compared) => !('diff' in compared))).toBe(true);
    const full = await compare('from=staging&to=production&app=differs');
    expect(full.apps).toMatchObject([
      { app: 'differs', state: 'different', files: [{ path: 'manifest.yaml', additions: 1, deletions: 0 }] },
    ]);
    const args = ['release', 'diff', '--from', 'staging', '--to', 'production'];
    const shown = await cli(...args, '--app', 'differs');
    expect(shown.stdout).toContain(
      '--- a/staging/differs/manifest.yaml\n+++ b/production/differs/manifest.yaml',
    );
    expect(shown.stdout).toContain('+  more: "1"');
    const short = await cli(...args);
    expect(short.code).toBe(0);
    expect(short.stdout).toContain('alone\tonly in staging\tmain sha1');
    const turned = await compare('from=production&to=staging&app=alone');
    expect(turned.apps).toMatchObject([{ state: 'onlyTo', files: [{ change: 'added' }] }]);
  });

  it.each([
    ['an environment', 'from=staging&to=prod', "Nothing runs in 'prod'"],
    ['an app', 'from=staging&to=production&app=typo', "'typo' does not run in 'staging'"],
  ])('is refused for %s that is not there', async (_what, query, words) => {
    const { status, body } = await call(system, `/api/diff?${query}`);
    expect({ status, body }).toMatchObject({
      status: 404,
      body: { code: 'nothing-runs', detail: expect.stringContaining(words) },
    });
  });
});
