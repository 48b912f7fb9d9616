import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import type { ReleaseAnswer } from '../../shared/contract/answers.ts';
import { gimlet } from '../support/cli.ts';
import { COMMAND_CALLS } from '../support/command-calls.ts';
import { COMMAND_NAMES } from '../support/command-names.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../local/sample');
const WAIT = ['--wait', '--timeout', '60s'];

let system: LocalSystem;
const folder = folderForTests();
let commits = 0;
beforeAll(async () => {
  system = await startTestSystem({ charts: [join(SAMPLE, 'chart/webapp')] });
});
afterAll(() => system.close());

/** The CLI in a CI job of its own, with the system's URL and token. */
function cli(...args: string[]) {
  const env = { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken };
  return gimlet(args, { env });
}

interface Made {
  readonly file: string;
  readonly id: string;
}

/** An artifact file of the sample as CI makes it. */
async function makeArtifact({
  branch = 'main',
  tag = '1.0.0',
  env = ['staging', 'production'],
} = {}): Promise<Made> {
  commits += 1;
  const file = join(folder, `artifact-${commits}.json`);
  const job = {
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'owner/webapp',
    GITHUB_SHA: String(commits).padStart(40, 'a'),
    GITHUB_REF_NAME: branch,
    GITHUB_RUN_ID: String(commits),
  };
  await gimlet(['artifact', 'create', '-o', file], { env: job });
  const environments = env.flatMap((name) => ['--envFile', join(SAMPLE, `.gimlet/${name}.yaml`)]);
  const image = ['--field', 'imageRepository=registry.example.com/webapp', '--field', `imageTag=${tag}`];
  await cli(
    'artifact',
    'add',
    '-f',
    file,
    ...environments,
    ...image,
    '--var',
    `CHART_REPOSITORY=${system.chartRepoUrl}`,
  );
  return { file, id: JSON.parse(await readFile(file, 'utf8')).id };
}

async function pushed(options: Parameters<typeof makeArtifact>[0] = {}): Promise<Made> {
  const made = await makeArtifact(options);
  const { code, stdout, stderr } = await cli('artifact', 'push', '-f', made.file, ...WAIT);
  expect(code, stdout + stderr).toBe(0);
  return made;
}

describe('an artifact that is pushed with --wait', { timeout: 60_000 }, () => {
  it('is followed until its release is written', async () => {
    const { file, id } = await makeArtifact();
    const { code, stdout } = await cli('artifact', 'push', '-f', file, ...WAIT);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain(`accepted    ${id}`);
    expect(stdout).toMatch(/decided +staging\/webapp +released: event push matches push/);
    expect(stdout).toMatch(/released +staging\/webapp +commit [0-9a-f]{8} after/);
    expect(stdout).toMatch(/notMatched +production\/webapp/);
    const status = JSON.parse((await cli('release', 'status', '--env', 'staging', '-o', 'json')).stdout);
    expect(status.webapp).toMatchObject({ artifactId: id, state: 'released' });
  });

  it('has its whole life shown in one place', async () => {
    const { file, id } = await makeArtifact();
    await cli('artifact', 'add', '-f', file, '--field', 'name=CI', '--field', 'url=https://ci.example.com/1');
    await cli('artifact', 'push', '-f', file, ...WAIT);
    const { webapp } = JSON.parse(
      (await cli('release', 'status', '--env', 'staging', '-o', 'json')).stdout,
    ) as { webapp: ReleaseAnswer };
    expect(webapp.artifactId).toBe(id);
    const { code, stdout } = await cli('release', 'show', webapp.id);
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(new RegExp(`artifact +${id}\n`));
    expect(stdout).toMatch(/built +owner\/webapp main a+/);
    expect(stdout).toMatch(/chart +\S+ \d+\.\d+\.\d+\n/);
    expect(stdout).toMatch(/rendered +[1-9]\d* bytes, [0-9a-f]{12}\n/);
    expect(stdout).toMatch(new RegExp(`commit +${webapp.gitopsRef}\n`));
    for (const state of ['queued', 'rendering', 'ready', 'writing', 'released'])
      expect(stdout).toMatch(new RegExp(`^${state}\t2\\d{3}-.*\t\\S`, 'm'));
    expect(stdout).toContain('✓ event: wanted push, saw push');
    expect(stdout).toContain('CI\thttps://ci.example.com/1');
    const { decision, links } = JSON.parse((await cli('release', 'show', webapp.id, '-o', 'json')).stdout);
    expect(decision).toMatchObject({ outcome: 'released', releaseId: webapp.id });
    expect(links).toEqual([
      { name: 'source', url: webapp.version.url },
      { name: 'CI', url: 'https://ci.example.com/1' },
    ]);
    expect(webapp.version.url).toContain('/owner/webapp/commit/');
  });

  it('is known when it is pushed again, and does nothing twice', async () => {
    const { file, id } = await pushed();
    const { code, stdout } = await cli('artifact', 'push', '-f', file, ...WAIT);
    expect(code).toBe(0);
    expect(stdout).toContain('known already');
    const listed = JSON.parse(
      (await cli('release', 'list', '--env', 'staging', '--limit', '50', '-o', 'json')).stdout,
    );
    expect(listed.filter((release: ReleaseAnswer) => release.artifactId === id)).toHaveLength(1);
  });

  it('is refused when its id stands for something else already', async () => {
    const { file } = await pushed();
    await cli('artifact', 'add', '-f', file, '--var', 'MORE=1');
    const { code, stderr } = await cli('artifact', 'push', '-f', file, ...WAIT);
    expect(code).toBe(1);
    expect(stderr).toMatch(/[0-9a-f]{8}.*[0-9a-f]{8}/s);
  });

  it('of a feature branch is accepted, and nothing is released', async () => {
    const { file } = await makeArtifact({ branch: 'feature/x' });
    const { code, stdout } = await cli('artifact', 'push', '-f', file, ...WAIT);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing is to be released.');
  });

  it('fails when its manifest misses a variable, and names it', async () => {
    const { file } = await makeArtifact();
    const artifact = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...artifact, items: [] }));
    const { code, stdout } = await cli('artifact', 'push', '-f', file, ...WAIT);
    expect(code).toBe(1);
    expect(stdout).toContain('imageRepository');
  });
});

describe('a release by hand', { timeout: 60_000 }, () => {
  it('is written, and a second one finds nothing to commit', async () => {
    const { id } = await pushed();
    const first = await cli('release', '--artifact-id', id, '--env', 'production', ...WAIT);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toMatch(/released +production\/webapp +commit/);
    const again = await cli('release', 'make', '-a', id, '-e', 'production', '--app', 'webapp', ...WAIT);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/unchanged +production\/webapp +nothing to commit/);
  });

  it('can be looked up by the id that it was given', async () => {
    const { id } = await pushed();
    const made = await cli('release', '-a', id, '-e', 'production', '-o', 'json');
    const request = JSON.parse(made.stdout);
    const { code, stdout } = await cli('release', 'show', request.id);
    expect(code).toBe(0);
    expect(stdout).toContain('production/webapp');
  });

  it.each([
    ['environment', ['--env', 'prodction'], 'production, staging'],
    ['app', ['--env', 'production', '--app', 'wepapp'], 'webapp'],
  ])('of a misspelt %s fails and names what there is', async (_what, flags, names) => {
    const { id } = await pushed();
    for (const form of [
      ['release', '--artifact-id', id],
      ['release', 'make', '-a', id, '--wait'],
    ]) {
      const { code, stderr } = await cli(...form, ...flags);
      expect(code).toBe(1);
      expect(stderr).toContain(names);
    }
  });

  it('of an artifact that nobody pushed fails', async () => {
    const { code, stderr } = await cli('release', '--artifact-id', 'owner/nothing', '--env', 'production');
    expect(code).toBe(1);
    expect(stderr).toContain("no artifact 'owner/nothing'");
  });
});

describe('what is there', { timeout: 60_000 }, () => {
  it('can be browsed by what was built', async () => {
    const { id } = await pushed({ branch: 'browse/me' });
    const { stdout } = await cli(
      'artifact',
      'list',
      '--branch',
      'browse/me',
      '--app',
      'webapp',
      '-o',
      'json',
    );
    expect(JSON.parse(stdout).map((artifact: { id: string }) => artifact.id)).toEqual([id]);
    const shown = await cli('artifact', 'show', id);
    expect(shown.stdout).toContain('browse/me');
  });

  it('is listed page after page', async () => {
    await pushed();
    await pushed();
    const ids = async (...args: string[]) =>
      JSON.parse((await cli('artifact', 'list', '-o', 'json', ...args)).stdout).map(
        ({ id }: { id: string }) => id,
      );
    const two = await ids('--limit', '2');
    expect(two).toHaveLength(2);
    expect(await ids('--limit', '1', '--offset', '1')).toEqual(two.slice(1));
    expect(await ids('--limit', '2', '--reverse')).toEqual([...two].reverse());
  });

  it('explains why it is not in production', async () => {
    const { id } = await pushed();
    const { code, stdout } = await cli('policy', 'explain', '--artifact', id, '--env', 'production');
    expect(code).toBe(0);
    expect(stdout).toContain('not released: no deploy policy');
  });

  it('is shown to nobody without a token', async () => {
    const { code, stderr } = await gimlet(['artifact', 'list', '--server', system.url]);
    expect(code).toBe(1);
    expect(stderr).toContain('No token is set');
  });
});

describe('what is not there', { timeout: 60_000 }, () => {
  it.each([
    [['release', 'status', '--env', 'stagign'], 'Nothing has been released to stagign'],
    [['admin', 'reconcile', '--env', 'stagign'], 'Nothing has been released to stagign'],
    [
      ['admin', 'reconcile', '--env', 'staging', '--app', 'wepapp'],
      'wepapp has not been released to staging',
    ],
    [['policy', 'simulate', '--without', 'freeze/staging/xmas'], "no policy 'freeze/staging/xmas'"],
    [['policy', 'delete', 'freeze/staging/xmas'], "no policy 'freeze/staging/xmas'"],
    [['policy', 'resume', '--env', 'stagign', '--app', 'webapp'], 'stagign/webapp'],
    [['release', 'diff', '--from', 'stagign', '--to', 'staging'], "'stagign'"],
    [['release', 'rollback', '--env', 'staging', '--app', 'wepapp', '--to', 'x'], 'wepapp'],
    [['release', 'delete', '--env', 'staging', '--app', 'wepapp'], 'wepapp'],
    [['promote', '--from', 'stagign', '--to', 'production', '--app', 'webapp'], 'stagign'],
    [['admin', 'token', 'revoke', 'nobodys'], "no token 'nobodys'"],
    [['admin', 'trust', 'delete', 'nobodys'], "no trust policy 'nobodys'"],
    [['admin', 'replay', 'nothing'], "no artifact 'nothing'"],
  ])('fails, and is named: %j', async (args, reason) => {
    await staging();
    const { code, stderr } = await cli(...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(reason) });
  });
});

describe('-o json', { timeout: 60_000 }, () => {
  it('is tried of every command', () => {
    expect(Object.keys(COMMAND_CALLS).sort()).toEqual([...COMMAND_NAMES].sort());
  });

  it.each(Object.entries(COMMAND_CALLS))(
    'is one document of %s, whatever comes of it',
    async (name, flags) => {
      const words: Readonly<Record<string, string>> = await staging();
      const args = flags.split(' ').map((flag) => words[flag] ?? flag);
      const format = name === 'artifact create' || name.startsWith('manifest ') ? ['--json'] : ['-o', 'json'];
      const { code, stdout } = await cli(...name.split(' '), ...args.filter((arg) => arg !== ''), ...format);
      expect(code).toBeLessThan(2);
      const answer = JSON.parse(stdout);
      expect(Object.hasOwn(answer, 'error')).toBe(code === 1 && !HAS_OWN_FAILURE.has(name));
    },
  );

  /** They answer what they were asked and say by the exit code that it is not good. */
  const HAS_OWN_FAILURE = new Set([
    'artifact track',
    'release track',
    'release status',
    'admin doctor',
    'audit verify',
  ]);
});

let released: Promise<Record<string, string>> | undefined;

/** Something that runs in staging, made once. */
function staging(): Promise<Record<string, string>> {
  released ??= makeReleased();
  return released;
}

async function makeReleased(): Promise<Record<string, string>> {
  const { file, id } = await pushed();
  const status = JSON.parse((await cli('release', 'status', '--env', 'staging', '-o', 'json')).stdout);
  const another = await makeArtifact();
  return { FILE: another.file, PUSHED: file, ARTIFACT: id, RELEASE: status.webapp.id };
}
