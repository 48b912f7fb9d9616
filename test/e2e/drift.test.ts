import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { driftsAnswer, releaseAnswer, statusAnswer } from '../../shared/contract/answers.ts';
import { call, listReleases, numbered, push } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { commitForeign, filesOf, installHook, tipOf } from '../support/native-git.ts';
import { startTestSystem } from '../support/system.ts';

let system: LocalSystem;
beforeAll(async () => {
  system = await startTestSystem({ warm: true });
});
afterAll(() => system.close());

const WAIT = { timeout: 60_000, interval: 100 };

async function release(app: string, n: number): Promise<void> {
  const { id } = await push(system, numbered(app, n));
  const state = async () =>
    (await listReleases(system, `env=staging&app=${app}`)).find(({ artifactId }) => artifactId === id)?.state;
  await expect.poll(state, WAIT).toBe('released');
}

const fileOf = (app: string) =>
  filesOf(system.gitopsRepoPath, tipOf(system.gitopsRepoPath, 'main') as string)[
    `staging/${app}/manifest.yaml`
  ];
const drifts = async () => driftsAnswer.parse((await call(system, '/api/drift?env=staging')).body);
const cli = (...args: string[]) =>
  gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken } });

describe('what somebody else changes in the GitOps repo', () => {
  it('is reported, left alone, and settled as people say', { timeout: 180_000 }, async () => {
    await release('edited', 1);
    await release('adopted', 1);
    commitForeign(system.gitopsRepoPath, 'main', {
      'staging/edited/manifest.yaml': 'by: hand',
      'staging/adopted/manifest.yaml': 'by: hand',
    });
    await release('other', 1);
    expect((await drifts()).map(({ app }) => app)).toEqual(['adopted', 'edited']);
    const status = statusAnswer.parse((await call(system, '/api/status?env=staging')).body);
    expect([status['edited']?.drift, status['other']?.drift]).toEqual([
      expect.objectContaining({}),
      undefined,
    ]);
    expect(fileOf('edited')).toBe('by: hand');
    expect((await cli('admin', 'reconcile', '--env', 'staging')).stdout).toContain('staging/edited');

    expect((await cli('admin', 'reconcile', '--env', 'staging', '--app', 'adopted', '--adopt')).code).toBe(0);
    expect((await drifts()).map(({ app }) => app)).toEqual(['edited']);
    expect(fileOf('adopted')).toBe('by: hand');

    expect((await cli('admin', 'reconcile', '--env', 'staging', '--app', 'edited', '--reapply')).code).toBe(
      0,
    );
    await expect.poll(() => fileOf('edited'), WAIT).toContain('number: "1"');
    await expect.poll(drifts, WAIT).toEqual([]);
    expect((await cli('admin', 'reconcile', '--env', 'staging', '--reapply')).code).toBe(1);
  });
});

describe('a release that has to wait', () => {
  it('says for what, and where it stands', { timeout: 120_000 }, async () => {
    installHook(system.gitopsRepoPath, 'pre-receive', 'echo "frozen by the owner" >&2; exit 1');
    const { id } = await push(system, numbered('waiting', 1));
    const shown = async () => {
      const [found] = await listReleases(system, 'env=staging&app=waiting');
      if (found?.artifactId !== id) return undefined;
      return releaseAnswer.parse((await call(system, `/api/releases/${found.id}`)).body).queue;
    };
    await expect
      .poll(shown, WAIT)
      .toMatchObject({ position: 1, paused: expect.stringContaining('frozen by the owner') });
    expect((await shown())?.expectedAt).toBeGreaterThan(Date.now());
  });
});
