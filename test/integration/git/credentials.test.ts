import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { httpTransport } from '../../../shared/adapters/git/transport.ts';
import { storedCredential } from '../../../shared/adapters/git-credentials/credential-document.ts';
import { secretGitCredentials } from '../../../shared/adapters/git-credentials/secret-git-credentials.ts';
import { writeReleases } from '../../../shared/gitops/write-releases.ts';
import { startEmbedded } from '../../support/embedded.ts';
import { edit, files } from '../../support/git-edits.ts';
import { TestGitServer, type TestRepo } from '../../support/git-server.ts';
import { GitHubAppApi } from '../../support/github-app-api.ts';
import { readyRelease } from '../../support/ready-release.ts';
import { makeStores } from '../../support/stores.ts';
import { makeWriterPorts } from '../../support/writer.ts';

let server: TestGitServer;
let api: GitHubAppApi;
let repo: TestRepo;
let now: number;
/** The secret store: what is in it, and how often it was read anew. */
let stored: unknown;
let freshReads: number;

beforeAll(async () => {
  server = await TestGitServer.start();
  repo = await server.createRepo({ name: 'acme/gitops.git' });
});
beforeEach(async () => {
  api = await GitHubAppApi.start();
  now = Date.now();
  api.clock = () => now;
  api.onIssue = (token) => {
    server.requiredToken = token;
  };
  server.requiredToken = 'not issued yet';
  server.clearRequests();
  stored = api.secret;
  freshReads = 0;
  return () => api[Symbol.asyncDispose]();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A reader that keeps what it has read, until it is asked for what is stored now. */
function credentials() {
  let kept: string | undefined;
  return secretGitCredentials({
    secret: async ({ fresh }) => {
      if (fresh) freshReads += 1;
      if (fresh || kept === undefined) kept = typeof stored === 'string' ? stored : JSON.stringify(stored);
      return kept;
    },
    fetch,
    clock: () => now,
  });
}

let written = 0;
async function pushWith(engine = smartHttpGitEngine({ credentials: credentials() })) {
  const branch = await engine.open(repo);
  written += 1;
  await branch.tip({ fresh: true });
  const plan = await branch.plan([edit('staging/app', files({ 'a.yaml': `n: ${written}\n` }))]);
  return branch.push(plan);
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const transport = () => httpTransport({ url: repo.url, credentials: credentials() });
const ask = { method: 'GET', path: '/info/refs?service=git-upload-pack' } as const;

describe('a GitHub App', () => {
  it('pushes with a token for the one repo and its contents, asked for once', async () => {
    const engine = smartHttpGitEngine({ credentials: credentials() });
    expect(await pushWith(engine)).toEqual({ outcome: 'pushed' });
    expect(await pushWith(engine)).toEqual({ outcome: 'pushed' });
    expect(api.issued.map(({ scope }) => scope)).toEqual([
      { repositories: ['gitops'], permissions: { contents: 'write' } },
    ]);
    expect(server.requests.map(({ path }) => path).join()).not.toContain('ghs_');
  });

  it('needs no look-up of its installation when the secret names it', async () => {
    stored = { ...api.secret, installationId: 77 };
    await pushWith();
    expect(api.paths).toEqual(['POST /app/installations/77/access_tokens']);
  });

  it('is given another token before the first expires', async () => {
    const engine = smartHttpGitEngine({ credentials: credentials() });
    await pushWith(engine);
    now += 54 * 60_000;
    await pushWith(engine);
    expect(api.issued).toHaveLength(1);
    now += 2 * 60_000;
    expect(await pushWith(engine)).toEqual({ outcome: 'pushed' });
    expect(api.issued).toHaveLength(2);
  });

  it('is given another token when the server takes the first no more, in the middle of its work', async () => {
    const engine = smartHttpGitEngine({ credentials: credentials() });
    await pushWith(engine);
    const branch = await engine.open(repo);
    await branch.tip({ fresh: true });
    const plan = await branch.plan([edit('staging/app', files({ 'a.yaml': 'rotated: true\n' }))]);
    server.requiredToken = 'the first was revoked';
    server.clearRequests();
    expect(await branch.push(plan)).toEqual({ outcome: 'pushed' });
    expect(api.issued).toHaveLength(2);
    // Refused before it was looked at, then taken.
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('is told what to mend, and nothing of its key, when GitHub does not know it', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    stored = { ...api.secret, privateKey: pem };
    const error = await rejection(transport().send(ask));
    expect(error).toMatchObject({
      code: 'git-refused',
      message: expect.stringContaining('check appId and privateKey'),
    });
    expect(inspect(error, { depth: 10 })).not.toContain(pem.split('\n')[1]);
    stored = { ...api.secret, privateKey: '-----BEGIN RSA PRIVATE KEY-----\ncanarycanarycanary\n' };
    const unreadable = await rejection(transport().send(ask));
    expect(unreadable).toMatchObject({ code: 'git-refused', message: expect.stringContaining('PEM') });
    expect(inspect(unreadable, { depth: 10 })).not.toContain('canarycanary');
  });

  it.each([
    [{ status: 503 }, 'git-credential', {}],
    [{ status: 403, headers: { 'retry-after': '90' } }, 'git-credential', { retryAfterSeconds: 90 }],
    [{ status: 422, message: 'permissions requested are not granted' }, 'git-refused', { status: 422 }],
    [{ status: 302, headers: { location: 'http://elsewhere' } }, 'git-refused', { status: 302 }],
  ])('waits or stops as GitHub’s answer %j asks', async (trouble, code, data) => {
    api.troubles.push(trouble);
    expect(await rejection(transport().send(ask))).toMatchObject({ code, data });
  });
});

describe('a token', () => {
  it('that was replaced in the store is read anew when the server takes the old one no more', async () => {
    stored = { type: 'token', token: 'first-token-of-bot', username: 'bot' };
    server.requiredToken = 'first-token-of-bot';
    const engine = smartHttpGitEngine({ credentials: credentials() });
    expect(await pushWith(engine)).toEqual({ outcome: 'pushed' });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('bot:first-token-of-bot')}`);
    stored = 'second-token, as it is';
    server.requiredToken = 'second-token, as it is';
    expect(await pushWith(engine)).toEqual({ outcome: 'pushed' });
    expect(freshReads).toBe(1);
  });

  it('that is refused, and stored still, is tried once', async () => {
    stored = 'wrong-token-of-bot';
    const error = await rejection(transport().send(ask));
    expect(error).toMatchObject({ code: 'git-refused', data: { status: 401 } });
    expect([freshReads, server.requests.length]).toEqual([1, 1]);
  });

  it('goes to its own host only', async () => {
    stored = { hosts: { 'github.com': { type: 'token', token: 'only-for-github' } } };
    server.requiredToken = undefined;
    await transport().send(ask);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    const host = new URL(repo.url).host;
    stored = { hosts: { [host]: { type: 'token', token: 'only-for-this-one' } } };
    await transport().send(ask);
    expect(server.requests[1]?.headers.authorization).toBe(
      `Basic ${btoa('x-access-token:only-for-this-one')}`,
    );
  });

  it('is in no error, though the server says it aloud', async () => {
    stored = 'canary-token-that-is-echoed';
    for (const echo of ['canary-token-that-is-echoed', btoa('x-access-token:canary-token-that-is-echoed')]) {
      server.failNext(/info/, { kind: 'answer', status: 403, body: `no entry for ${echo}\n` });
      server.requiredToken = 'canary-token-that-is-echoed';
      const error = await rejection(transport().send(ask));
      expect(String(error)).toContain('no entry for ***');
      expect(inspect(error, { depth: 10 })).not.toContain(echo);
    }
  });
});

describe('the secret', () => {
  it.each([
    ['{"type": "token"', 'it begins as a JSON object and is none'],
    ['{"type": "token"}', 'look at token'],
    ['{"type": "token", "token": "x", "usernam": "canary-value"}', 'look at usernam'],
    ['{"type": "github-app", "appId": "1", "privateKey": "canary-value"}', 'look at privateKey'],
    ['{"type": "github-app", "appId": "1", "apiUrl": "http://canary-value"}', 'look at privateKey, apiUrl'],
    ['{"hosts": {"github.com": {"type": "canary-value"}}}', 'look at hosts.github.com.type'],
  ])('%s is refused by its field, without its value', (secret, words) => {
    expect(() => storedCredential(secret, 'github.com')).toThrow(words);
    expect(() => storedCredential(secret, 'github.com')).toThrow(/^((?!canary).)*$/s);
  });
});

it('a repo whose credential is refused is paused, and written to as soon as the store has the right one', async () => {
  const embedded = await startEmbedded();
  try {
    const stores = makeStores(embedded, repo.url);
    const engine = smartHttpGitEngine({ credentials: credentials() });
    const ports = { ...makeWriterPorts(stores), git: engine, clock: () => now };
    const release = await readyRelease(stores, repo);
    const write = async () => (await writeReleases(ports, [release.id], now + 55_000, [repo])).branches[0];
    stored = 'a-token-of-yesterday';
    server.requiredToken = 'a-token-of-today';
    expect((await write())?.paused).toContain('the credential is missing, wrong or expired');
    expect((await stores.releases.get(release.id))?.state).toBe('ready');
    stored = 'a-token-of-today';
    now += 60_000;
    expect(await write()).toMatchObject({ written: 1 });
  } finally {
    await embedded.close();
  }
});
