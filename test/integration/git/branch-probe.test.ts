import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smartHttpProbe } from '../../../shared/adapters/git/branch-probe.ts';
import { inProcessMemory } from '../../../shared/adapters/git/in-process-memory.ts';
import { GimletdError } from '../../../shared/errors/gimletd-error.ts';
import { branchesOf, probeRepos } from '../../../shared/gitops/probe.ts';
import { parseSettings } from '../../../shared/release/settings.ts';
import { TestGitServer, type TestRepo } from '../../support/git-server.ts';
import { commitForeign, git, installHook } from '../../support/native-git.ts';

let server: TestGitServer;
beforeAll(async () => {
  server = await TestGitServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const memory = inProcessMemory();
const credentials = async () => ({ username: 'x-access-token', password: 'secret' });
const probe = smartHttpProbe({ credentials, memory });

const settingsOf = ({ url, branch }: TestRepo) =>
  parseSettings(JSON.stringify({ gitops: { repo: url, branch } }));

async function verdicts(repo: TestRepo): Promise<Record<string, string>> {
  const findings = await probeRepos(probe, settingsOf(repo));
  return Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
}

/** A repo with a commit on its branch. */
async function madeRepo(config: Readonly<Record<string, string>> = {}): Promise<TestRepo> {
  const repo = await server.createRepo({ config });
  commitForeign(repo.path, repo.branch, { 'staging/shop/a.yaml': 'a: 1\n' });
  return repo;
}

describe('a probe', () => {
  it('finds a repo right, changes nothing in it, and keeps what the server can do', async () => {
    const repo = await madeRepo();
    const before = git(repo.path, ['for-each-ref']);
    expect(await verdicts(repo)).toEqual({ reach: 'ok', read: 'ok', report: 'ok', push: 'ok' });
    expect(git(repo.path, ['for-each-ref'])).toBe(before);
    const pushes = server.requests.filter(({ path }) => path === '/git-receive-pack');
    expect(pushes.length).toBe(1);
    const host = new URL(repo.url).host;
    expect((await memory.recall(host))?.pushCapabilities).toContain('report-status');
  });

  it('says what a server without filters costs', async () => {
    const repo = await madeRepo({ 'uploadpack.allowFilter': 'false' });
    expect(await verdicts(repo)).toMatchObject({ read: 'warning', push: 'ok' });
    expect((await memory.recall(new URL(repo.url).host))?.readStrategy).toBe('everything');
  });

  it('finds out that a hook lets nobody push, in the hook’s words', async () => {
    const repo = await madeRepo();
    installHook(repo.path, 'pre-receive', 'echo "main is protected" >&2; exit 1');
    const findings = await probeRepos(probe, settingsOf(repo));
    expect(findings.at(-1)).toMatchObject({
      check: 'push',
      verdict: 'wrong',
      says: expect.stringContaining('main is protected'),
      fix: expect.stringContaining('protection rules'),
    });
  });

  it('says that an empty repo is one, and pushes nothing there', async () => {
    const repo = await server.createRepo({});
    expect(await verdicts(repo)).toEqual({ reach: 'ok', branch: 'warning', report: 'ok' });
  });

  it('finds a wrong credential, and a host that does not answer, with what to do', async () => {
    const repo = await madeRepo();
    server.requiredToken = 'another';
    const [refused] = await probeRepos(probe, settingsOf(repo));
    server.requiredToken = undefined;
    expect(refused).toMatchObject({
      check: 'reach',
      verdict: 'wrong',
      fix: expect.stringContaining('git secret'),
    });
    const nowhere = { ...repo, url: 'http://127.0.0.1:1/x.git' };
    const [unreachable] = await probeRepos(probe, settingsOf(nowhere));
    expect(unreachable).toMatchObject({ verdict: 'wrong', fix: expect.stringContaining('host is up') });
  });

  it('lets a fault of ours through', async () => {
    const broken = { probe: () => Promise.reject(new TypeError('bug')) };
    const repo = await server.createRepo({});
    await expect(probeRepos(broken, settingsOf(repo))).rejects.toThrow('bug');
    expect(new TypeError('bug')).not.toBeInstanceOf(GimletdError);
  });
});

describe('what is probed', () => {
  it('is every branch that the settings write to, once', () => {
    const repo = 'https://git.example.com/a.git';
    const settings = parseSettings(
      JSON.stringify({
        gitops: { repo, branch: 'main' },
        environments: {
          staging: {},
          production: { gitops: { branch: 'live' } },
          edge: { gitops: { branch: 'live' } },
        },
      }),
    );
    expect(branchesOf(settings)).toEqual([
      { url: repo, branch: 'main' },
      { url: repo, branch: 'live' },
    ]);
  });
});
