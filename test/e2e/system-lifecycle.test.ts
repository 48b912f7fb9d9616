import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import type { LocalSystem } from '../../local/system.ts';
import { type StartedServer, spawnServer, startServer } from '../support/started-server.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTest } from '../support/test-folder.ts';

const run = promisify(execFile);

let data: string;
let system: LocalSystem | undefined;
const servers: StartedServer[] = [];

beforeEach(() => {
  data = folderForTest();
});
afterEach(async () => {
  await system?.close();
  system = undefined;
  for (const server of servers.splice(0)) await server.end('SIGKILL');
});

async function up(env: Record<string, string> = {}) {
  const server = await startServer(data, env);
  servers.push(server);
  return server;
}

/** Pushes a commit as the writer would; resolves to its id. */
async function pushCommit(repoUrl: string, token: string): Promise<string> {
  const work = join(data, `work-${Math.random()}`);
  const git = async (...args: string[]) =>
    (await run('git', ['-C', work, ...args], { env: GIT_ENV })).stdout.trim();
  await run('git', ['init', '-q', '-b', 'main', work]);
  await git('commit', '-q', '--allow-empty', '-m', 'first');
  await git('push', '-q', repoUrl.replace('//', `//x:${token}@`), 'main');
  return git('rev-parse', 'HEAD');
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@b',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@b',
};
const GIT_ENV = { PATH: process.env['PATH'], GIT_TERMINAL_PROMPT: '0', ...IDENTITY };

async function gitToken(): Promise<string> {
  return JSON.parse(await readFile(join(data, 'secrets.json'), 'utf8'))['gimletd/git-token'];
}

async function headOf(repoUrl: string): Promise<string> {
  return (await run('git', ['ls-remote', repoUrl, 'main'])).stdout.split('\t')[0] ?? '';
}

describe('npm start', () => {
  it('prints where everything is and how to push a first artifact', async () => {
    const server = await up();
    await expect.poll(() => server.output()).toContain('Ctrl-C');
    for (const printed of [
      server.url,
      server.adminToken,
      `git clone ${server.gitopsRepoUrl}`,
      'artifact push',
    ])
      expect(server.output()).toContain(printed);
  });

  it('stops cleanly on Ctrl-C and on SIGTERM, and takes local.json away', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const server = await up();
      await expect.poll(() => server.output()).toContain('Ctrl-C');
      expect(await server.end(signal)).toBe(0);
      expect(await readdir(data)).not.toContain('local.json');
    }
  });

  it('keeps the repo, the table, the token and the port when it is killed', async () => {
    const first = await up();
    const commit = await pushCommit(first.gitopsRepoUrl, await gitToken());
    await first.end('SIGKILL');
    const second = await up();
    expect(second).toMatchObject({ url: first.url, adminToken: first.adminToken });
    expect(second.pid).not.toBe(first.pid);
    expect(await headOf(second.gitopsRepoUrl)).toBe(commit);
  });

  it('refuses a data directory that another server has, and names that one', async () => {
    const first = await up();
    const second = spawnServer({ GIMLETD_DATA: data });
    expect(await second.ended()).toBe(1);
    expect(second.output()).toContain(`in use by the server at ${first.url} (process ${first.pid})`);
    expect(second.output()).toContain('GIMLETD_DATA=');
    expect(second.output()).not.toContain('    at ');
  });

  it('refuses a port that is taken, and says what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const server = spawnServer({ GIMLETD_DATA: data, GIMLETD_PORT: String(port) });
    expect(await server.ended()).toBe(1);
    expect(server.output()).toContain(`Port ${port} is in use`);
    other.close();
  });

  it.each([
    [{ GIMLETD_PORT: '80a' }, [], 'GIMLETD_PORT is "80a"'],
    [{}, ['--bundle'], 'npm start -- --bundles'],
    [{ PATH: '/nowhere' }, [], 'git is not on PATH. Install it with:'],
  ])('with %j %j says what is wrong in words', async (env, args, words) => {
    const server = spawnServer({ GIMLETD_DATA: data, ...env }, args);
    expect(await server.ended()).toBe(1);
    expect(server.output()).toContain(words);
    expect(server.output()).not.toContain('    at ');
  });
});

describe('an old Node', () => {
  it('is told in one line what is needed', async () => {
    const guard = join(import.meta.dirname, '../../local/toolchain/require-node.cjs');
    const pretend = join(data, 'pretend.cjs');
    await writeFile(pretend, "Object.defineProperty(process.versions, 'node', { value: '22.12.0' });");
    const start = run(process.execPath, ['-r', pretend, '-r', guard, '-e', 'console.log("started")']);
    await expect(start).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/22\.18 or later/),
    });
    expect((await run(process.execPath, ['-r', guard, '-e', 'console.log("started")'])).stdout).toBe(
      'started\n',
    );
  });
});

describe('the local system', () => {
  const tableClient = (of: LocalSystem) =>
    new DynamoDBClient({ ...LOCAL_AWS, endpoint: of.endpoints.dynamodb });
  const ITEM = { pk: { S: 'a' }, sk: { S: 'b' } };

  it('keeps what is stored from one start to the next', async () => {
    system = await startTestSystem({ dataDirectory: data });
    await tableClient(system).send(new PutItemCommand({ TableName: system.tableName, Item: ITEM }));
    const commit = await pushCommit(system.gitopsRepoUrl, await gitToken());
    await system.close();
    system = await startTestSystem({ dataDirectory: data });
    const { Item } = await tableClient(system).send(
      new GetItemCommand({ TableName: system.tableName, Key: ITEM, ConsistentRead: true }),
    );
    expect(Item).toEqual(ITEM);
    expect(await headOf(system.gitopsRepoUrl)).toBe(commit);
  });

  it('lets functions know the admin token’s hash only', async () => {
    system = await startTestSystem({ dataDirectory: data });
    const [, id = '', secret = ''] = /^gmt_([a-z0-9]{12})_([0-9A-Za-z]{43})_/.exec(system.adminToken) ?? [];
    const { Item } = await tableClient(system).send(
      new GetItemCommand({
        TableName: system.tableName,
        Key: { pk: { S: `TOKEN#${id}` }, sk: { S: 'TOKEN' } },
        ConsistentRead: true,
      }),
    );
    const kept = JSON.stringify(Item);
    expect(kept).toContain(createHash('sha256').update(secret).digest('hex'));
    expect(kept).not.toContain(secret);
  });

  it('keeps its secrets from other users', async () => {
    system = await startTestSystem({ dataDirectory: data });
    for (const file of ['secrets.json', 'admin-token', 'local.json'])
      expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
  });

  it('puts the fault layer between functions and services when asked, and not before the test', async () => {
    system = await startTestSystem({ dataDirectory: data, faults: { seed: 1 } });
    const headers = { authorization: `Bearer ${system.adminToken}` };
    system.faults?.loseNext('Query');
    expect((await fetch(`${system.url}/api/artifacts`, { headers })).status).toBe(200);
    expect(system.faults?.stats().answersLost).toBe(1);
    system.faults?.loseNext('PutItem');
    await tableClient(system).send(new PutItemCommand({ TableName: system.tableName, Item: ITEM }));
    expect(system.faults?.stats().answersLost).toBe(1);
  });

  it('that can’t start leaves nothing running or locked behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startTestSystem({ dataDirectory: data, port })).rejects.toThrow(/in use/);
    other.close();
    system = await startTestSystem({ dataDirectory: data, port: 0 });
  });

  it('closes twice without harm', async () => {
    system = await startTestSystem();
    await Promise.all([system.close(), system.close()]);
  });
});

describe('the chart repo', () => {
  const chart = async (version: string) => {
    await mkdir(join(data, 'hello', 'templates'), { recursive: true });
    await writeFile(join(data, 'hello', 'Chart.yaml'), `apiVersion: v2\nname: hello\nversion: ${version}\n`);
    await writeFile(join(data, 'hello', 'templates', 'a.yaml'), 'kind: ConfigMap\n');
    return join(data, 'hello');
  };
  const startWith = async (folder: string) => {
    system = await startTestSystem({ dataDirectory: join(data, 'data'), charts: [folder] });
    return system;
  };
  const digests = async (of: LocalSystem) =>
    [...(await (await fetch(`${of.chartRepoUrl}/index.yaml`)).text()).matchAll(/digest: (\w+)/g)].map(
      (m) => m[1],
    );

  it('has the chart folders it is given, and an unchanged chart keeps its digest', async () => {
    const folder = await chart('1.0.0');
    const first = await digests(await startWith(folder));
    expect((await fetch(`${system?.chartRepoUrl}/hello-1.0.0.tgz`)).status).toBe(200);
    await system?.close();
    await chmod(join(folder, 'Chart.yaml'), 0o600);
    expect(await digests(await startWith(folder))).toEqual(first);
    await system?.close();
    const both = await digests(await startWith(await chart('1.1.0')));
    expect(both).toHaveLength(2);
    expect(both).toEqual(expect.arrayContaining(first));
  });
});
