import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { checkedFetch } from '../support/checked-fetch.ts';
import { type StartedServer, startServer, type UpServer } from '../support/started-server.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTest } from '../support/test-folder.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

let data: string;
let work: string;
type Reachable = Pick<UpServer, 'url' | 'adminToken' | 'gitopsRepoPath'>;
const servers: StartedServer[] = [];

beforeEach(() => {
  data = folderForTest();
  work = folderForTest();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.end('SIGKILL');
});

async function up(): Promise<UpServer> {
  const server = await startServer(data);
  servers.push(server);
  return server;
}

async function call(server: Reachable, path: string, body?: unknown) {
  const response = await checkedFetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as never };
}

/** An artifact whose only manifest goes to staging by itself. */
function artifact(id: string, app: string) {
  const manifests = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}\ndata:\n  artifact: ${id}\n`;
  return {
    id,
    version: {
      repositoryName: 'example/app',
      sha: 'abc123',
      branch: 'main',
      event: 'push',
      message: 'A change',
    },
    environments: [
      { app, env: 'staging', namespace: 'apps', manifests, deploy: { event: 'push', branch: 'main' } },
    ],
  };
}

async function committed(server: Reachable, path: string): Promise<string> {
  const { stdout } = await run('git', ['-C', server.gitopsRepoPath, 'show', `main:${path}`]).catch(() => ({
    stdout: '',
  }));
  return stdout;
}

describe('an artifact that is pushed', { timeout: 120_000 }, () => {
  it.each(['source', 'bundles'])('is in the GitOps repo soon, with functions from %s', async (from) => {
    const bundles = from === 'bundles' && join(work, 'bundles');
    if (bundles !== false) await bundleFunctions({ outDir: bundles });
    const system = await startTestSystem({ dataDirectory: data, bundles });
    try {
      const pushed = await call(system, '/api/artifact', artifact('example/app-1', 'hello'));
      expect(pushed.status).toBe(201);
      await expect
        .poll(() => committed(system, 'staging/hello/manifest.yaml'), WAIT)
        .toContain('example/app-1');
      const found = await call(system, '/api/artifacts/example%2Fapp-1');
      expect(found.answer).toMatchObject({ id: 'example/app-1' });
      const status = async () => (await call(system, '/api/status?env=staging')).answer;
      await expect.poll(status, WAIT).toMatchObject({ hello: { artifactId: 'example/app-1' } });
    } finally {
      await system.close();
    }
  });

  it('is released also when the server is killed right after it has answered', async () => {
    const first = await up();
    expect((await call(first, '/api/artifact', artifact('app-2', 'hello'))).status).toBe(201);
    await first.end('SIGKILL');
    const second = await up();
    await expect.poll(() => committed(second, 'staging/hello/manifest.yaml'), WAIT).toContain('app-2');
  });
});

describe('the commands that npm start prints', { timeout: 120_000 }, () => {
  it('release the sample to the GitOps repo, word for word', async () => {
    const server = await up();
    await expect.poll(() => server.output()).toContain('Ctrl-C');
    const printed = /npm run -s gimlet[\s\S]*?git clone \S+/.exec(
      server.output().split('another terminal')[1] ?? '',
    );
    const exports = /export .*/.exec(server.output())?.[0];
    const script = `set -e\n${exports}\n${printed?.[0]} ${work}/clone`;
    await run('bash', ['-c', script], { cwd: ROOT });
    const deployment = await readFile(join(work, 'clone', 'staging', 'webapp', 'deployment.yaml'), 'utf8');
    expect(deployment).toContain('nginx:1.29');
  });
});

const WAIT = { timeout: 60_000, interval: 200 };
