import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import type { ReleaseAnswer } from '../../shared/contract/answers.ts';
import type { PolicyAnswer, SimulationAnswer } from '../../shared/contract/policies.ts';
import { call, decisionsOf, listReleases, push } from '../support/api.ts';
import { type CliRun, gimlet } from '../support/cli.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

let system: LocalSystem;
const folder = folderForTests();

beforeAll(async () => {
  system = await startTestSystem({
    sweepEverySeconds: 1,
    settings: { environments: { vault: { protected: true, approvals: { required: 2 } } } },
  });
}, 120_000);
afterAll(() => system.close());

const run = (...args: string[]): Promise<CliRun> =>
  gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken } });
const policy = (...args: string[]) => run('policy', ...args);
async function answerOf<T>(ran: Promise<CliRun>): Promise<T> {
  const { code, stdout, stderr } = await ran;
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

/** An artifact of an app whose manifest has no policy of its own. */
function artifact(app: string, n: number, env = 'staging', branch = 'main'): Record<string, unknown> {
  const version = { repositoryName: `acme/${app}`, sha: `abc${n}`, branch, event: 'push' };
  return artifactDocument({
    id: `${app}-${n}`,
    version,
    environments: [manifest(app, env, { deploy: null })],
  });
}

const outcomes = async (id: string) => {
  const { complete, decisions } = await decisionsOf(system, id);
  return complete ? decisions.map(({ cause, outcome }) => `${cause.split(':')[0]} ${outcome}`) : 'undecided';
};
const pollOutcomes = (id: string) => expect.poll(() => outcomes(id), { timeout: 30_000, interval: 100 });
const pollStates = (env: string, app: string) =>
  expect.poll(async () => (await listReleases(system, `env=${env}&app=${app}`)).map(({ state }) => state), {
    timeout: 30_000,
    interval: 200,
  });

describe('a stored policy', () => {
  it('releases what the manifest itself would not, and the decision says that it was it', async () => {
    await push(system, artifact('web', 1));
    await pollOutcomes('web-1').toEqual(['arrival notMatched']);
    const made = await policy(
      'auto-release',
      '--app',
      'web',
      '--env',
      'staging',
      '--event',
      'push',
      '--branch',
      'main',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    await push(system, artifact('web', 2));
    await pollOutcomes('web-2').toEqual(['arrival released']);
    const { decisions } = await decisionsOf(system, 'web-2');
    expect(decisions[0]).toMatchObject({
      policy: 'auto-release/staging/web',
      sentence: 'released: event push matches push, branch main matches main (auto-release/staging/web)',
    });
    await pollStates('staging', 'web').toEqual(['released']);
    const explained = await policy('explain', '--artifact', 'web-2', '--env', 'staging');
    expect(explained.stdout).toContain('branch: wanted main, saw main (auto-release/staging/web)');
  }, 60_000);

  it('keeps its versions, and refuses a change that was made on an old one', async () => {
    const change = ['auto-release', '--app', 'versions', '--env', 'staging', '--event', 'push', '--branch'];
    const { version } = await answerOf<PolicyAnswer>(policy(...change, 'main', '-o', 'json'));
    expect((await policy(...change, 'dev', '--if-version', String(version))).code).toBe(0);
    const late = await policy(...change, 'late', '--if-version', String(version));
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('is not what you looked at');
    const shown = await answerOf<PolicyAnswer>(policy('show', 'auto-release/staging/versions', '-o', 'json'));
    expect(shown.history?.map(({ action, changedBy }) => [action, changedBy])).toEqual([
      ['created', 'admin'],
      ['changed', 'admin'],
    ]);
    const etag = (await call(system, '/api/policies/auto-release/staging/versions')).headers.get('etag');
    expect(etag).toBe(`"${shown.version}"`);
    expect((await policy('list', '--app', 'versions')).stdout).toContain('event push, branch dev');
    expect((await policy('delete', 'auto-release/staging/versions')).code).toBe(0);
    expect((await policy('delete', 'auto-release/staging/versions')).stderr).toContain('There is no policy');
  });

  it('and a restriction that contradicts it refuse each other', async () => {
    const release = (branch: string) =>
      policy('auto-release', '--app', 'walls', '--env', 'walled', '--event', 'push', '--branch', branch);
    const restrict = (expression: string) =>
      policy('branch-restriction', '--env', 'walled', '--branch-regex', expression);
    expect((await release('feature/*')).code).toBe(0);
    expect((await restrict('main')).stderr).toContain(
      'auto-release/walled/walls could never release anything',
    );
    expect((await policy('delete', 'auto-release/walled/walls')).code).toBe(0);
    expect((await restrict('main')).code).toBe(0);
    expect((await release('feature/*')).stderr).toContain('branches of walled must match main');
    expect((await release('main')).code).toBe(0);
    await push(system, artifact('walls', 1, 'walled', 'dev'));
    const byHand = await run('release', '-a', 'walls-1', '-e', 'walled');
    expect(byHand).toMatchObject({ code: 1 });
    expect(byHand.stderr).toContain('takes only branches that match main, not dev');
  });

  it('is refused with the field named when it can’t be right', async () => {
    const bad = await policy(
      'auto-release',
      '--app',
      'web',
      '--env',
      'staging',
      '--event',
      'push',
      '--branch',
      '{main',
    );
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('deploy.branch');
  });
});

describe('an environment that asks for approvals', () => {
  it('takes what two others agree to, and nothing that one of them rejects', async () => {
    const as =
      (token: string) =>
      (...args: string[]) =>
        gimlet(['release', ...args], { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: token } });
    const [author, ann, bob] = await Promise.all(
      ['jane@acme.com', 'ann', 'bob'].map(async (name) => {
        const made = run('admin', 'token', 'create', '--name', name, '--role', 'approver', '-o', 'json');
        return as((await answerOf<{ readonly token: string }>(made)).token);
      }),
    );
    if (!author || !ann || !bob) throw new Error('a token is missing');
    const document = artifact('safe', 1, 'vault');
    await push(system, {
      ...document,
      version: { ...(document['version'] as object), authorName: 'Jane', authorEmail: 'jane@acme.com' },
    });
    await pollOutcomes('safe-1').toEqual(['arrival notMatched']);
    const asked = ['release', '-a', 'safe-1', '-e', 'vault'];
    const dryRun = await run(...asked, '--dry-run');
    expect(dryRun).toMatchObject({ code: 0, stderr: '' });
    expect(dryRun.stdout).toContain('it would be released after 2 approvals within 24 h');

    const followed = run(...asked, '--wait', '--timeout', '60s');
    const waiting = () => answerOf<ReleaseAnswer[]>(ann('waiting', '-e', 'vault', '-o', 'json'));
    await expect.poll(async () => (await waiting()).length, { timeout: 30_000, interval: 100 }).toBe(1);
    const [{ id = '' } = {}] = await waiting();
    expect(await run('release', 'approve', id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('asked for it'),
    });
    expect((await author('approve', id)).stderr).toContain('wrote its commit');
    expect((await ann('approve', id, '--reason', 'tested')).stdout).toContain('waiting');
    expect((await ann('approve', id)).stdout).toContain('waiting');
    expect((await run('release', 'show', id)).stdout).toMatch(/approvals +1 of 2: ann \(tested\)/);
    expect((await run('release', 'status', '-e', 'vault')).stdout).toContain(
      '1 release waits for approval: gimlet release waiting --env vault',
    );
    expect((await run('release', 'list', '-e', 'vault')).stdout).toContain('waits for 1 more approval until');
    expect(await bob('approve', id)).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await followed;
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/waiting +vault\/safe +for 2 approvals until .*: gimlet release approve rel-/);
    expect(stdout).toMatch(
      /approved +vault\/safe +by ann, 1 of 2: tested\n.*approved +vault\/safe +by bob, 2 of 2/,
    );
    expect(stdout).toMatch(/released +vault\/safe +commit [0-9a-f]{8}/);

    const deleted = run('release', 'delete', '-e', 'vault', '--app', 'safe', '--wait', '--timeout', '60s');
    await expect.poll(async () => (await waiting()).length, { timeout: 30_000, interval: 100 }).toBe(1);
    const [{ id: second = '' } = {}] = await waiting();
    expect((await bob('reject', second)).code).toBe(2);
    expect((await bob('reject', second, '--reason', 'still needed')).stdout).toContain('rejected');
    expect(await deleted).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('rejected by bob: still needed'),
    });
    expect((await listReleases(system, 'env=vault')).map(({ state }) => state)).toEqual([
      'rejected',
      'released',
    ]);
    const settled = async () => {
      const listed = run('audit', 'list', '--app', 'safe', '--limit', '100', '-o', 'json');
      const entries = await answerOf<{ readonly action: string }[]>(listed);
      return entries.map(({ action }) => action).filter((action) => /approve|reject/.test(action));
    };
    const expected = ['release.reject', 'release.approve', 'release.approve'];
    await expect.poll(settled, { timeout: 30_000, interval: 200 }).toEqual(expected);
  }, 90_000);
});

describe('a hold', () => {
  it('says what its end would release, and releases that then', async () => {
    await policy('auto-release', '--app', 'held', '--env', 'staging', '--event', 'push');
    await push(system, artifact('held', 1));
    await pollStates('staging', 'held').toEqual(['released']);
    const hold = await policy(
      'hold',
      '--app',
      'held',
      '--env',
      'staging',
      '--reason',
      'load test',
      '--until',
      '1h',
    );
    expect(hold.code).toBe(0);
    await push(system, artifact('held', 2));
    await pollOutcomes('held-2').toEqual(['arrival held']);
    expect((await policy('list', '--app', 'held')).stdout).toContain('hold staging/held');
    const dryRun = await policy('resume', '--app', 'held', '--env', 'staging', '--dry-run');
    expect(dryRun).toMatchObject({ code: 0, stderr: '' });
    expect(dryRun.stdout).toContain('held-2  would be released');
    expect((await policy('resume', '--app', 'held', '--env', 'staging')).code).toBe(0);
    await pollOutcomes('held-2').toEqual(['arrival held', 'resume released']);
    await pollStates('staging', 'held').toEqual(['released', 'released']);
    expect((await policy('resume', '--app', 'held', '--env', 'staging')).stderr).toContain('is not held');
    const misspelt = await policy('hold', '--app', 'hedl', '--env', 'staging', '--reason', 'x');
    expect(misspelt.stderr).toContain('Nothing was ever released to staging/hedl');
  }, 60_000);
});

describe('a freeze', () => {
  it('binds people too, unless one who may says why not', async () => {
    await push(system, artifact('cold', 1, 'frozen'));
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const freeze = [
      '--env',
      'frozen',
      '--name',
      'sale',
      '--reason',
      'sale',
      '--from',
      '2026-01-01T00:00:00Z',
    ];
    expect((await policy('freeze', ...freeze, '--until', until)).code).toBe(0);
    const release = ['release', '-a', 'cold-1', '-e', 'frozen'];
    expect((await run(...release)).stderr).toContain('is frozen until');
    expect((await run(...release, '--override-freeze', 'security fix')).code).toBe(0);
    await pollStates('frozen', 'cold').toEqual(['released']);
    const { decisions } = await decisionsOf(system, 'cold-1');
    expect(decisions.map(({ sentence }) => sentence)).toContain(
      'released by admin, whatever is frozen: security fix',
    );
  }, 60_000);
});

describe('a policy that does not exist yet', () => {
  it('is tried on stored artifacts, and the difference is told', async () => {
    await push(system, artifact('tried', 1));
    await push(system, artifact('tried', 2, 'staging', 'dev'));
    await pollOutcomes('tried-2').toEqual(['arrival notMatched']);
    const flags = ['--app', 'tried', '--env', 'staging', '--event', 'push', '--branch', 'main'];
    const { stdout } = await policy('simulate', ...flags);
    expect(stdout).toContain('+ staging/tried  tried-1');
    expect(stdout).not.toContain('tried-2');
    expect(stdout).toContain('2 artifacts, 2 decisions: 1 more released, 0 fewer, 1 the same.');
    const simulated = await answerOf<SimulationAnswer>(
      policy('simulate', '--app', 'web', '--without', 'auto-release/staging/web', '-o', 'json'),
    );
    expect(simulated.results.find(({ artifactId }) => artifactId === 'web-2')?.difference).toBe(
      'notReleased',
    );
    expect(await outcomes('tried-1')).toEqual(['arrival notMatched']);
  });

  it('is tested on fixtures without a server', async () => {
    await writeFile(join(folder, 'main.json'), JSON.stringify(artifact('offline', 1)));
    const file = join(folder, 'policies.yaml');
    const test = (outcome: string) => `
policies:
  - {kind: auto-release, app: offline, env: staging, deploy: {event: push, branch: main}}
  - {kind: freeze, env: staging, name: xmas, freeze: {schedule: "0 0 24 12 *", durationMinutes: 4320, timeZone: Europe/Budapest, reason: holidays}}
tests:
  - {name: main is released, artifact: main.json, at: "2026-11-20T12:00:00Z", expect: {staging/offline: ${outcome}}}
  - {name: not on holidays, artifact: main.json, at: "2026-12-25T12:00:00Z", expect: {staging/offline: frozen}}
`;
    await writeFile(file, test('released'));
    const passed = await gimlet(['policy', 'test', file]);
    expect(passed).toMatchObject({ code: 0, stderr: '' });
    expect(passed.stdout).toContain('2 passed, 0 failed.');
    await writeFile(file, test('notMatched'));
    const failed = await gimlet(['policy', 'test', file]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('staging/offline: expected notMatched, is released');
    await writeFile(
      file,
      'policies: [{kind: auto-release, app: offline, env: staging, deploy: {event: push, branch: "{"}}]',
    );
    expect((await gimlet(['policy', 'test', file])).stderr).toContain('policies[0].deploy.branch');
  });
});
