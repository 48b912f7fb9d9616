import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { SECRET_IDS } from '../../local/secrets.ts';
import type { LocalSystem } from '../../local/system.ts';
import { call, decisionsOf, listReleases, numbered, push } from '../support/api.ts';
import { githubClaims, IdentityProvider } from '../support/identity-provider.ts';
import { git, installHook } from '../support/native-git.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

/** What is to be found nowhere; of no shape by which it could be told from other text, but for the webhook's. */
const GIT = `git canary ${randomBytes(16).toString('hex')}`.replaceAll(' ', '-');
const CHARTS = `charts-canary-${randomBytes(16).toString('hex')}`;
const WEBHOOK = `whsec_${randomBytes(32).toString('base64')}`;

const data = folderForTests();
let system: LocalSystem;
let provider: IdentityProvider;
let echo: Server;
/** What chart repos and webhooks were told, and answered. */
const echoed: string[] = [];
/** All that the API has answered. */
const answers: string[] = [];
/** Name → secret; what is issued in the run joins them. */
const secrets = new Map([
  ['the git token', GIT],
  ['the password for charts', CHARTS],
  ['the key of a webhook', WEBHOOK],
]);

/** A host that says aloud whatever it is told, and never what it should. */
beforeAll(async () => {
  echo = createServer((request, response) => {
    const sent = request.headers.authorization ?? '';
    const words = `refused: ${sent} ${Buffer.from(sent.replace(/^Basic /, ''), 'base64')} ${WEBHOOK}`;
    echoed.push(words);
    response.writeHead(403, { 'content-type': 'text/plain' }).end(words);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const stored = {
    [SECRET_IDS.gitToken]: GIT,
    [SECRET_IDS.chartCredentials]: JSON.stringify({ [new URL(echoUrl()).host]: `robot:${CHARTS}` }),
    [SECRET_IDS.notificationSecrets]: JSON.stringify({ hook: WEBHOOK }),
  };
  await writeFile(join(data, 'secrets.json'), JSON.stringify(stored), { mode: 0o600 });
  const hook = { type: 'webhook', name: 'hook', url: `${echoUrl()}/hook`, secret: 'hook' };
  [system, provider] = await Promise.all([
    startTestSystem({
      dataDirectory: data,
      sweepEverySeconds: 1,
      resendAfterSeconds: 1,
      settings: { notifications: [hook] },
    }),
    IdentityProvider.start(),
  ]);
  secrets.set('the admin token', system.adminToken);
}, 120_000);
afterAll(async () => {
  await Promise.all([system.close(), provider[Symbol.asyncDispose]()]);
  echo.closeAllConnections();
  echo.close();
});

const echoUrl = () => `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;

async function ask(path: string, options: Parameters<typeof call>[2] = {}) {
  const answer = await call(system, path, options);
  answers.push(JSON.stringify([...answer.headers, answer.body]));
  return answer;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const until = { timeout: 60_000, interval: 200 };

/** The text, and what it looks like in headers and URLs. */
function formsOf(secret: string): string[] {
  const texts = [secret, `x-access-token:${secret}`, `robot:${secret}`];
  const coded = texts.map((text) => Buffer.from(text).toString('base64').replace(/=+$/, ''));
  return [secret, encodeURIComponent(secret), ...coded];
}

async function logs(): Promise<string> {
  const folder = join(data, 'logs');
  const files = await readdir(folder);
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}

/** Every item, with what is kept in bytes as text. */
async function items(): Promise<string> {
  const client = new DynamoDBClient({ ...LOCAL_AWS, endpoint: system.endpoints.dynamodb });
  const documents = DynamoDBDocumentClient.from(client);
  const found: unknown[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({ TableName: system.tableName, ExclusiveStartKey: start }),
    );
    found.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  client.destroy();
  return JSON.stringify(found, (_, value) => (value instanceof Uint8Array ? textOf(value) : value));
}

/** Bodies are kept in gzipped pieces, of which the first says enough to be read. */
function textOf(bytes: Uint8Array): string {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** Messages and their states, as they are stored. */
async function queues(): Promise<string> {
  const folder = join(data, 'sqs');
  const files = await readdir(folder);
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')))).join('\n');
}

describe('a run in which much goes wrong', () => {
  it('uses every secret, each with a host that says it aloud', async () => {
    await push(system, numbered('shop', 1));
    const states = async () => (await listReleases(system, 'env=staging&app=shop')).map(({ state }) => state);
    await expect.poll(states, until).toEqual(['released']);
    await expect.poll(() => echoed.length, until).toBeGreaterThan(0);

    const made = await call(system, '/api/tokens', { body: { name: 'jane', role: 'reader' } });
    const { token, id } = made.body as { readonly token: string; readonly id: string };
    secrets.set('an API token', token);
    expect((await ask('/api/user', { headers: bearer(token) })).status).toBe(200);
    expect((await ask(`/api/artifacts/${token}`, { headers: bearer(token) })).status).toBe(404);
    expect((await ask(`/api/policies/${token}`)).status).toBe(400);
    expect((await ask('/api/releases', { body: { env: token, artifactId: token } })).status).toBe(404);
    expect((await ask(`/api/tokens/${id}`, { method: 'DELETE' })).status).toBe(200);

    const { issuer } = provider;
    const policy = {
      ...{ provider: 'github', issuer, audience: system.url, repository: 'acme/shop', repositoryId: 200 },
      ...{
        ownerId: 100,
        workflow: '.github/workflows/release.yml',
        refs: ['refs/heads/main'],
        apps: ['shop'],
      },
    };
    expect((await ask('/api/trust/shop', { method: 'PUT', body: policy })).status).toBe(201);
    const sign = (claims: object) =>
      provider.sign(githubClaims(Date.now(), { iss: issuer, aud: system.url, ...claims }));
    const [identity, forged] = [await sign({}), await sign({ repository_id: '9' })];
    secrets.set('an identity', identity).set('a forged identity', forged);
    const version = { repositoryName: 'acme/shop', sha: '1f0c9d2' };
    const document = artifactDocument({ id: 'keyless', version, environments: [] });
    const refused = await ask('/api/artifact', { body: document, headers: bearer(forged) });
    expect(refused.status).toBe(403);
    const pushed = await call(system, '/api/artifact', { body: document, headers: bearer(identity) });
    expect(pushed.status).toBe(201);
    const reader = pushed.headers.get('gimlet-read-token') ?? '';
    secrets.set('a read token', reader);
    expect((await ask('/api/artifacts/keyless', { headers: bearer(reader) })).status).toBe(200);
    expect((await ask(`/api/artifacts/${reader}`, { headers: bearer(reader) })).status).toBe(404);
  }, 150_000);

  it('fails to have a chart, and is refused by the git server, in their own words', async () => {
    const chart = { repository: echoUrl(), name: 'none', version: '1.0.0' };
    const environments = [manifest('blog', 'staging', { manifests: undefined, chart })];
    await push(system, artifactDocument({ id: 'blog-1', environments }));
    const blog = async () => (await listReleases(system, 'env=staging&app=blog'))[0]?.state;
    await expect.poll(blog, until).toBe('failed');
    expect(echoed.join('\n')).toContain(CHARTS);
    answers.push(JSON.stringify(await decisionsOf(system, 'blog-1')));

    installHook(system.gitopsRepoPath, 'pre-receive', `echo "no push for ${GIT} today" >&2; exit 1`);
    await push(system, numbered('shop', 2));
    const said = async () => {
      const [newest] = await listReleases(system, 'env=staging&app=shop');
      return JSON.stringify((await ask(`/api/releases/${newest?.id}`)).body);
    };
    await expect.poll(said, until).toContain('no push for *** today');
  }, 150_000);

  it.each<[string, string, () => Promise<string>]>([
    ['in no log of a function', 'blog-1', logs],
    ['in no item', 'blog-1', items],
    ['in no message', 'gitops-writes', queues],
    ['in no commit', 'shop-1', async () => git(system.gitopsRepoPath, ['log', '--all', '--patch'])],
    ['in no answer', 'acme/shop', async () => answers.join('\n')],
  ])('leaves them %s', async (_where, known, read) => {
    const text = await read();
    expect(text).toContain(known);
    const found = [...secrets].filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)));
    expect(found.map(([name]) => name)).toEqual([]);
  });
});
