import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { secretCommitSigner, signingKeyTrial } from '../../shared/adapters/git/commit-signer.ts';
import { isomorphicGitEngine } from '../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { smartHttpGitEngine } from '../../shared/adapters/git/smart-http-engine.ts';
import { TransientError } from '../../shared/errors/errors.ts';
import { formatCommitMessage, parseTrailers } from '../../shared/gitops/commit-message.ts';
import { NO_CREDENTIALS } from '../../shared/gitops/git-credentials.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { probeSigning } from '../../shared/gitops/probe.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { TestRepo } from '../support/git-server.ts';
import { commitForeign, fsckStrict, git, tipOf } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { embeddedForTests, gitServerForTests } from '../support/services-for-tests.ts';
import { makeSigningKey } from '../support/signing-key.ts';
import { isSignedBy, splitSigned } from '../support/ssh-verify.ts';
import { makeStores, type Stores } from '../support/stores.ts';
import { folderForTests } from '../support/test-folder.ts';
import { makeWriterPorts } from '../support/writer.ts';

const key = makeSigningKey();
const nextKey = makeSigningKey();
const folder = folderForTests();
const allowed = join(folder, 'allowed_signers');

/** Verification by git itself needs ssh-keygen, which not every machine with git has. */
const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;
if (!hasSshKeygen) process.stdout.write('ssh-keygen is not here: signatures are verified without git\n');

const embedded = embeddedForTests();
const server = gitServerForTests();
let stores: Stores;
let secret = key.privateText;
const signer = secretCommitSigner(async () => secret);
const engines = {
  'smart HTTP': () => smartHttpGitEngine({ credentials: NO_CREDENTIALS, signer }),
  'isomorphic-git': () => isomorphicGitEngine({ credentials: NO_CREDENTIALS, directory: folder, signer }),
};

beforeAll(() => {
  stores = makeStores(embedded());
  const line = ({ publicText }: typeof key) => `gimletd@localhost namespaces="git" ${publicText}\n`;
  writeFileSync(allowed, [key, nextKey].map(line).join(''));
});

async function aRepo(): Promise<TestRepo> {
  const repo = await server().createRepo();
  commitForeign(repo.path, repo.branch, { 'README.md': 'GitOps\n' });
  return repo;
}

const write = (ports: WriterPorts, ids: readonly string[]) =>
  writeReleases(ports, ids, Date.now() + 60_000, []);

function fingerprintOf(publicText: string): string {
  const blob = Buffer.from(publicText.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;
}

/** By a reader of our own, and by git where it can. */
function expectSigned(repo: TestRepo, commit: string, by: { readonly publicText: string }): void {
  const { payload, signature } = splitSigned(`${git(repo.path, ['cat-file', 'commit', commit])}\n`);
  expect(isSignedBy(by.publicText, payload, signature)).toBe(true);
  expect(isSignedBy(by.publicText, payload.replace('author', 'auth0r'), signature)).toBe(false);
  expect(isSignedBy(makeSigningKey().publicText, payload, signature)).toBe(false);
  if (!hasSshKeygen) return;
  const config = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`];
  const { status, stderr } = spawnSync('git', [...config, 'verify-commit', commit], { cwd: repo.path });
  expect({ status, stderr: String(stderr) }).toEqual({
    status: 0,
    stderr: expect.stringContaining('Good "git" signature for gimletd@localhost'),
  });
}

describe('the doctor', () => {
  const doctor = (text: () => Promise<string>, signCommits = true) =>
    probeSigning(signingKeyTrial(text), { signCommits });

  it('tries the key, and names it as people know it', async () => {
    const [found] = await doctor(async () => key.privateText);
    const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.exec(found?.says ?? '')?.[0];
    expect(found).toMatchObject({ subject: 'signing key', check: 'sign', verdict: 'ok' });
    expect(fingerprint).toBe(fingerprintOf(key.publicText));
    if (!hasSshKeygen) return;
    const file = join(folder, 'key.pub');
    writeFileSync(file, `${key.publicText}\n`);
    expect(String(spawnSync('ssh-keygen', ['-l', '-f', file]).stdout)).toContain(fingerprint);
  });

  it.each([
    ['is none', async () => 'random', /can’t be used: it is no OpenSSH private key/, /another key/],
    [
      'can’t be read',
      () => Promise.reject(new TransientError('secret-unavailable', 'The secret can’t be read.')),
      /can’t be read/,
      /may read it/,
    ],
  ])('says what to do when it %s', async (_what, text, says, fix) => {
    expect(await doctor(text)).toMatchObject([
      { verdict: 'wrong', says: expect.stringMatching(says), fix: expect.stringMatching(fix) },
    ]);
    expect(await doctor(text, false)).toEqual([]);
  });
});

describe.each(Object.entries(engines))('with %s', (_, engine) => {
  it('every commit is signed, and can still be read back; another key is taken up without a restart', async () => {
    const repo = await aRepo();
    const ports = { ...makeWriterPorts(stores), git: engine() };
    secret = key.privateText;
    const first = [
      await readyRelease(stores, repo, { app: 'shop' }),
      await readyRelease(stores, repo, { app: 'till' }),
    ];
    await write(
      ports,
      first.map(({ id }) => id),
    );
    secret = nextKey.privateText;
    const third = await readyRelease(stores, repo, { app: 'shop' });
    await write(ports, [third.id]);
    const log = git(repo.path, ['rev-list', '--max-count=3', '--reverse', repo.branch]).split('\n');
    for (const commit of log.slice(0, 2)) expectSigned(repo, commit, key);
    expectSigned(repo, log[2] ?? '', nextKey);
    const found = log.map((commit) => git(repo.path, ['log', '-1', '--format=%B', commit]));
    expect(new Set(found.map((message) => parseTrailers(message)?.releaseId))).toEqual(
      new Set([...first, third].map(({ id }) => id)),
    );
    expect(`${found[2]}\n`.replace(/\n+$/, '\n')).toBe(formatCommitMessage(third));
    expect((await stores.releases.get(third.id))?.commit).toBe(tipOf(repo.path, repo.branch));
    fsckStrict(repo.path);
  });

  it('nothing is written unsigned when the key is none: the repo waits, and says what to do', async () => {
    const repo = await aRepo();
    const before = tipOf(repo.path, repo.branch);
    const ports = { ...makeWriterPorts(stores), git: engine() };
    secret = 'random';
    const release = await readyRelease(stores, repo);
    const { branches } = await write(ports, [release.id]);
    expect(branches).toMatchObject([{ paused: expect.stringContaining('the signing key can’t be used') }]);
    expect(tipOf(repo.path, repo.branch)).toBe(before);
    expect((await stores.releases.get(release.id))?.state).toBe('ready');
  });

  it('a push whose answer is lost is found again by its signed commit', async () => {
    const repo = await aRepo();
    secret = key.privateText;
    const release = await readyRelease(stores, repo);
    server().failNext(/git-receive-pack$/, { kind: 'drop-answer' });
    await write({ ...makeWriterPorts(stores), git: engine() }, [release.id]);
    await write({ ...makeWriterPorts(stores), git: engine() }, [release.id]);
    const stored = await stores.releases.get(release.id);
    expect(stored).toMatchObject({ state: 'released', commit: tipOf(repo.path, repo.branch) });
    expect(git(repo.path, ['rev-list', '--count', repo.branch])).toBe('2');
    expectSigned(repo, stored?.commit ?? '', key);
  });
});
