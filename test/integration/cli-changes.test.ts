import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { numbered } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { git } from '../support/native-git.ts';
import { manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

const WAIT = ['--wait', '--timeout', '60s'];

let system: LocalSystem;
const folder = folderForTests();
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

function cli(...args: string[]) {
  return gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken } });
}

/** Version `n` of an app, released to staging by policy; answers its artifact's id. */
async function released(app: string, n: number): Promise<string> {
  const artifact = numbered(app, n);
  const environments = [
    ...(artifact['environments'] as object[]),
    manifest(app, 'production', {
      deploy: undefined,
      manifests: `kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: ${app}\n`,
    }),
  ];
  const file = join(folder, `${app}-${n}.json`);
  await writeFile(file, JSON.stringify({ ...artifact, environments }));
  const { code, stdout, stderr } = await cli('artifact', 'push', '-f', file, ...WAIT);
  expect(code, stdout + stderr).toBe(0);
  return String(artifact['id']);
}

const fileOf = (app: string) => git(system.gitopsRepoPath, ['show', `HEAD:staging/${app}/manifest.yaml`]);

describe('with gimlet', { timeout: 90_000 }, () => {
  it('an app is rolled back, and followed until it is written', async () => {
    const first = await released('back', 1);
    await released('back', 2);
    const args = ['release', 'rollback', '--env', 'staging', '--app', 'back', '--to', first];
    const { code, stdout, stderr } = await cli(...args, ...WAIT);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/released +staging\/back +commit [0-9a-f]{8}/);
    expect(fileOf('back')).toContain('number: "1"');
  });

  it('a rollback to a misspelt id fails, and says where the ids are', async () => {
    await released('typo', 1);
    const { code, stderr } = await cli(
      'release',
      'rollback',
      '-e',
      'staging',
      '--app',
      'typo',
      '--to',
      'rel-x',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('gimlet release list --env staging --app typo');
  });

  it('an app is deleted; once', async () => {
    await released('gone', 1);
    const args = ['release', 'delete', '--env', 'staging', '--app', 'gone', ...WAIT];
    expect((await cli(...args)).code).toBe(0);
    expect(() => fileOf('gone')).toThrow();
    const again = await cli(...args);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("'gone' does not run in 'staging'");
  });

  it('an app is promoted, and what it came to can be tracked', async () => {
    await released('up', 1);
    const args = ['promote', '--from', 'staging', '--to', 'production', '--app', 'up'];
    const made = await cli(...args, '-o', 'json');
    expect(made.code, made.stderr).toBe(0);
    const { id } = JSON.parse(made.stdout);
    const waited = await cli('release', 'track', id, ...WAIT);
    expect(waited.code, waited.stdout).toBe(0);
    const tracked = await cli('release', 'track', id);
    expect(tracked.code).toBe(0);
    expect(tracked.stdout).toContain('no cluster feedback configured');
    const again = JSON.parse((await cli(...args, ...WAIT, '-o', 'json')).stdout);
    expect(again).toMatchObject({ outcome: 'succeeded', releases: [{ state: 'unchanged' }] });
  });

  it('an artifact is tracked, and is a failure when nothing of it was released', async () => {
    const id = await released('seen', 1);
    const { code, stdout } = await cli('artifact', 'track', id, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'processed', results: [{ app: 'seen' }] });
    expect((await cli('artifact', 'track', id, ...WAIT)).code).toBe(0);
    await cli('policy', 'hold', '--env', 'staging', '--app', 'seen', '--reason', 'looking');
    const file = join(folder, 'held.json');
    await writeFile(file, JSON.stringify(numbered('seen', 2)));
    expect((await cli('artifact', 'push', '-f', file, ...WAIT)).code).toBe(1);
    const held = await cli('artifact', 'track', 'seen-2');
    expect(held.code).toBe(1);
    expect(held.stdout).toContain('looking');
  });

  it('a release that is written can’t be cancelled any more, and gimlet says what can be done', async () => {
    await released('late', 1);
    const [release] = JSON.parse(
      (await cli('release', 'list', '-e', 'staging', '--app', 'late', '-o', 'json')).stdout,
    );
    const { code, stderr } = await cli('release', 'cancel', release.id);
    expect(code).toBe(1);
    expect(stderr).toContain('gimlet release rollback --env staging --app late');
    expect((await cli('release', 'track', 'rel-none')).code).toBe(1);
  });
});
