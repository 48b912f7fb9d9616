import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import type { DoctorAnswer } from '../../shared/contract/operations.ts';
import { call, listReleases, numbered, push } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { git } from '../support/native-git.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

let system: LocalSystem;
const directory = folderForTests();
beforeAll(async () => {
  system = await startTestSystem();
}, 120_000);
afterAll(() => system.close());

const cli = (...args: string[]) =>
  gimlet(['admin', 'settings', ...args], {
    env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken },
  });
const file = () => join(directory, 'settings.yaml');

describe('settings, changed while all runs', () => {
  it('are shown as a file, which changes nothing when it is applied', async () => {
    const shown = await cli('show');
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/version: 0\n/) });
    await writeFile(file(), shown.stdout);
    const applied = await cli('apply', '-f', file());
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringMatching(/Nothing to change/) });
    expect(await cli('history')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/No settings are stored/),
    });
  });

  it('are tried, then stored, and bind every function within seconds', async () => {
    await writeFile(
      file(),
      (await readFile(file(), 'utf8')).concat('bot: {name: Robot, email: robot@example.com}\n'),
    );
    const change = /\+ bot: \{"name":"Robot","email":"robot@example\.com"\}/;
    const tried = await cli('apply', '-f', file(), '--dry-run');
    expect(tried.stdout).toMatch(/This would change/);
    expect(tried.stdout).toMatch(change);
    const applied = await cli('apply', '-f', file());
    expect(applied.stdout).toMatch(/Stored as version 1/);
    expect((await cli('history')).stdout).toMatch(change);
    // One artifact after the other, until the writer has read them.
    let n = 0;
    const author = async () => {
      const { id } = await push(system, numbered('shop', ++n));
      const released = async () =>
        (await listReleases(system, 'env=staging&app=shop')).find((one) => one.artifactId === id);
      await expect.poll(async () => (await released())?.state, { timeout: 60_000 }).toBe('released');
      return commitAuthor((await released())?.gitopsRef ?? '');
    };
    await expect.poll(author, { timeout: 60_000 }).toBe('Robot <robot@example.com>');
  });

  it('are not stored when others were stored meanwhile', async () => {
    const stale = await cli('apply', '-f', file());
    expect(stale).toMatchObject({ code: 1, stderr: expect.stringMatching(/their version is 1, by admin/) });
  });

  it('are refused with all that is wrong, what is deployed above all', async () => {
    await writeFile(file(), 'writerLanes: 3\nenvironments: {staging: {cluster: moon, protected: maybe}}\n');
    const shape = await cli('apply', '-f', file());
    expect(shape).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/environments\.staging\.protected/),
    });
    await writeFile(file(), 'writerLanes: 3\nenvironments: {prod: {cluster: moon}}\n');
    const { code, stderr } = await cli('apply', '-f', file());
    expect(code).toBe(1);
    expect(stderr).toMatch(/writerLanes.*can only be set in the deployed settings/);
    expect(stderr).toMatch(/environments\.prod\.cluster.*'moon' is not in clusters: those are local/);
  });

  it('have an ETag, and pages of history', async () => {
    const { headers, body } = await call(system, '/api/settings');
    expect(headers.get('etag')).toBe('"1"');
    expect(body).toMatchObject({ version: 1, changedBy: 'admin', deployed: { clusters: { local: {} } } });
    const put = (days: number, ifMatch: string) =>
      call(system, '/api/settings', {
        method: 'PUT',
        body: { previewMaxAgeDays: days },
        headers: { 'if-match': ifMatch },
      });
    expect(await put(2, '"7"')).toMatchObject({ status: 412, body: { code: 'settings-changed' } });
    expect((await put(2, '"1"')).headers.get('etag')).toBe('"2"');
    const first = await call(system, '/api/settings/history?limit=1');
    expect(first.body).toMatchObject([{ version: 2, changedBy: 'admin' }]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await call(system, next);
    expect(second.body).toMatchObject([{ version: 1, changes: [{ path: 'bot' }] }]);
    expect(second.headers.get('link')).toBeNull();
    expect((await call(system, '/api/settings?version=1')).body).toMatchObject({
      settings: { bot: { name: 'Robot' } },
    });
    expect((await call(system, '/api/settings?version=9')).status).toBe(404);
  });

  it('have the doctor try the signing key, once commits are to be signed', async () => {
    await call(system, '/api/settings', { method: 'PUT', body: { signCommits: true } });
    const tried = async () => {
      const { body } = await call(system, '/api/operations/doctor', { method: 'POST' });
      return (body as DoctorAnswer).findings.find(({ check }) => check === 'sign');
    };
    await expect.poll(tried, { timeout: 30_000 }).toMatchObject({
      ...{ subject: 'signing key', verdict: 'wrong' },
      says: expect.stringMatching(/it is no OpenSSH private key/),
    });
  });
});

function commitAuthor(commit: string): string {
  return git(system.gitopsRepoPath, ['show', '--no-patch', '--format=%an <%ae>', commit]).trim();
}
