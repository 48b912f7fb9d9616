import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartRepositories } from '../../shared/adapters/charts/chart-repositories.ts';
import type { ChartRepositoryOptions } from '../../shared/adapters/charts/repository-options.ts';
import { fetchedCharts } from '../../shared/manifest/fetched-charts.ts';
import { TestGitServer, type TestRepo } from '../support/git-server.ts';
import { git } from '../support/native-git.ts';
import { render } from '../support/rendering.ts';
import { folderForTests } from '../support/test-folder.ts';

const CHART = fileURLToPath(new URL('../fixtures/charts/web', import.meta.url));

const folder = folderForTests();
const clone = join(folder, 'clone');
let server: TestGitServer;
let repo: TestRepo;
let first: string;

beforeAll(async () => {
  server = await TestGitServer.start();
  repo = await server.createRepo();
  git(folder, ['clone', '--quiet', repo.path, 'clone']);
  cpSync(CHART, join(clone, 'charts/web'), { recursive: true });
  mkdirSync(join(clone, 'charts/linked/templates'), { recursive: true });
  writeFileSync(join(clone, 'charts/linked/Chart.yaml'), 'apiVersion: v2\nname: linked\nversion: 1.0.0\n');
  symlinkSync('/etc/hostname', join(clone, 'charts/linked/templates/host.yaml'));
  writeFileSync(join(clone, '.hidden'), 'x');
  writeFileSync(join(clone, 'README.md'), '# Charts\n');
  first = commit('first');
  git(clone, ['tag', 'v1.0.0']);
  git(clone, [...IDENTITY, 'tag', '-a', 'v1.0.1', '-m', 'annotated']);
  git(clone, ['push', '--quiet', '--tags', 'origin', 'HEAD:main']);
});
afterAll(() => server[Symbol.asyncDispose]());

const IDENTITY = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];

function commit(message: string): string {
  git(clone, ['add', '--all']);
  git(clone, [...IDENTITY, 'commit', '--quiet', '-m', message]);
  return git(clone, ['rev-parse', 'HEAD']).trim();
}

function charts(options: Partial<ChartRepositoryOptions> = {}) {
  return fetchedCharts(chartRepositories({ hosts: ['*'], allowLoopback: true, ...options }));
}

function identify(query: string, options: Partial<ChartRepositoryOptions> = {}) {
  return charts(options).identify({ name: `${repo.url}?${query}` });
}

describe('a chart from git', () => {
  it('is the same by its commit, its tags (annotated or not) and its branch', async () => {
    const path = 'path=/charts/web/';
    const ofCommit = await identify(`sha=${first}&${path}`);
    expect(ofCommit).toEqual({
      name: 'charts/web',
      version: `sha=${first}`,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const tagged = await identify(`tag=v1.0.0&${path}`);
    expect(tagged).toEqual({ ...ofCommit, version: 'tag=v1.0.0' });
    expect(await identify(`tag=v1.0.1&${path}`)).toMatchObject({ digest: ofCommit.digest });
    expect(await identify(`branch=main&${path}`)).toEqual(ofCommit);
  });

  it('of a branch is what the branch is now', async () => {
    const before = await identify('branch=moving&path=charts/web').catch(() => undefined);
    expect(before).toBeUndefined();
    writeFileSync(join(clone, 'charts/web/values.yaml'), 'replicas: 7\n');
    const second = commit('second');
    git(clone, ['push', '--quiet', 'origin', 'HEAD:moving']);
    const after = await identify('branch=moving&path=charts/web');
    expect(after).toMatchObject({ version: `sha=${second}` });
    expect(after.digest).not.toBe((await identify(`sha=${first}&path=charts/web`)).digest);
  });

  it('is rendered as any other', async () => {
    const name = `${repo.url}?tag=v1.0.0&path=/charts/web`;
    const { files, chart } = await render({ chart: { name } }, { charts: charts() });
    expect([...files.keys()]).toEqual(['deployment.yaml', 'service.yaml']);
    expect(chart).toMatchObject({ version: 'tag=v1.0.0' });
  });

  it('names the values that its schema does not take', async () => {
    const name = `${repo.url}?tag=v1.0.0&path=/charts/web`;
    await expect(
      render({ chart: { name }, values: { replicas: 'two' } }, { charts: charts() }),
    ).rejects.toMatchObject({ code: 'values-invalid', errors: [{ path: 'values.replicas' }] });
  });

  it('that is private is had with the credentials of its host', async () => {
    server.requiredToken = 's3cret';
    try {
      const host = new URL(repo.url).host;
      const credentials = async (of: string) => (of === host ? 'x-access-token:s3cret' : undefined);
      expect(await identify('tag=v1.0.0&path=charts/web', { credentials })).toBeDefined();
      await expect(identify('tag=v1.0.0&path=charts/web')).rejects.toMatchObject({
        code: 'chart-source-refused',
        message: expect.stringContaining('it wants credentials'),
      });
    } finally {
      server.requiredToken = undefined;
    }
  });
});

describe('a git repository is refused', () => {
  it.each([
    ['has no such tag', 'tag=v9&path=charts/web', 'chart-not-found', "has no tag 'v9'"],
    ['has a tag that begins alike only', 'tag=v1.0&path=charts/web', 'chart-not-found', "no tag 'v1.0'"],
    ['has no such branch', 'branch=none', 'chart-not-found', "has no branch 'none'"],
    ['has no such commit', `sha=${'0123456789'.repeat(4)}`, 'chart-source-refused', 'says: '],
    ['has no such folder', 'tag=v1.0.0&path=charts/none', 'chart-not-found', "no folder 'charts/none'"],
    ['has no chart in the folder', 'tag=v1.0.0&path=charts/web/templates', 'chart-refused', 'no Chart.yaml'],
    ['has a link in the chart', 'tag=v1.0.0&path=charts/linked', 'chart-refused', 'is a link'],
  ])('when it %s', async (_what, query, code, message) => {
    await expect(identify(query)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('when it is too large', async () => {
    await expect(identify('tag=v1.0.0&path=charts/web', { maxBytes: 1_000 })).rejects.toMatchObject({
      code: 'chart-too-large',
    });
  });

  it('when it speaks the old protocol only', async () => {
    server.speaksVersion2 = false;
    try {
      await expect(identify('tag=v1.0.0')).rejects.toMatchObject({
        message: expect.stringContaining('speaks no version 2'),
      });
    } finally {
      server.speaksVersion2 = true;
    }
  });

  it('when it is on this machine or a private network, and that is not allowed', async () => {
    server.clearRequests();
    await expect(identify('tag=v1.0.0', { allowLoopback: false })).rejects.toMatchObject({
      code: 'chart-source-refused',
    });
    const inside = 'https://10.0.0.1/o/r.git?tag=v1.0.0';
    await expect(charts().identify({ name: inside })).rejects.toMatchObject({
      message: expect.stringContaining('not a public address'),
    });
    expect(server.requests).toEqual([]);
  });

  it('when its answer breaks off, and may be asked again', async () => {
    server.failNext(/git-upload-pack$/, { kind: 'cut-answer', afterBytes: 20 });
    await expect(identify(`sha=${first}&path=charts/web`)).rejects.toMatchObject({
      code: 'chart-source-unavailable',
      retryable: true,
    });
  });
});
