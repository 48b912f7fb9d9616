import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartMount } from '../../local/gateway/chart-mount.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import { gitMount } from '../../local/gateway/git-mount.ts';
import type { Listener } from '../../local/gateway/listen.ts';
import { createBareRepo } from '../../local/git/bare-repo.ts';
import { folderForTests } from '../support/test-folder.ts';

const run = promisify(execFile);
const TOKEN = 'the-push-token';

const folder = folderForTests();
let gateway: Listener;
let url: string;

beforeAll(async () => {
  await createBareRepo({ path: join(folder, 'git', 'gitops.git'), branch: 'main' });
  await writeFile(join(folder, 'secret.txt'), 'no');
  await writeFile(join(folder, 'git', 'index.yaml'), 'entries: {}\n');
  const mounts = {
    '/git/': gitMount({ prefix: '/git/', projectRoot: join(folder, 'git'), pushToken: TOKEN }),
    '/charts/': chartMount('/charts/', join(folder, 'git')),
  };
  const api = async () => {
    throw new Error('the API is not asked');
  };
  gateway = await startGateway({ port: 0, api, mounts, report: () => {} });
  url = `http://127.0.0.1:${gateway.port}`;
  await git(folder, 'init', '-q', '-b', 'main', 'work');
  await writeFile(join(folder, 'work', 'readme.md'), 'hello\n');
  await git('work', 'add', '.');
  await git('work', '-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-qm', 'first');
});
afterAll(() => gateway.close());

async function git(where: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_GLOBAL: '/dev/null',
    HOME: folder,
  };
  return (
    await run('git', args, { cwd: where === folder ? folder : join(folder, where), env })
  ).stdout.trim();
}

const withPassword = (password: string) =>
  `${url.replace('//', `//x-access-token:${password}@`)}/git/gitops.git`;

describe('the GitOps repo', () => {
  it('can’t be pushed to without the token', async () => {
    await expect(git('work', 'push', '-q', `${url}/git/gitops.git`, 'main')).rejects.toThrow(
      /Authentication|Username/,
    );
    await expect(git('work', 'push', '-q', withPassword('wrong'), 'main')).rejects.toThrow(
      /Authentication failed/,
    );
  });

  it('can’t be pushed to by asking for the pack directly either', async () => {
    const push = await fetch(`${url}/git/gitops.git/git-receive-pack`, { method: 'POST', body: '0000' });
    expect([push.status, push.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="GimletD"']);
  });

  it('takes a push with the token, and anyone may clone it', async () => {
    await git('work', 'push', '-q', withPassword(TOKEN), 'main');
    await git(folder, 'clone', '-q', `${url}/git/gitops.git`, 'clone');
    expect(await readFile(join(folder, 'clone', 'readme.md'), 'utf8')).toBe('hello\n');
  });

  it('takes the token as a bearer too', async () => {
    const advertised = await fetch(`${url}/git/gitops.git/info/refs?service=git-receive-pack`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(advertised.status).toBe(200);
  });

  it.each(['/git/other.git/info/refs', '/git/%2e%2e/secret.txt', '/git/gitops.git/../../secret.txt'])(
    '%s is nothing',
    async (path) => {
      const response = await fetch(url + path);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toBe('no');
    },
  );
});

describe('the chart repo', () => {
  it('serves its index and nothing around it', async () => {
    const index = await fetch(`${url}/charts/index.yaml`);
    expect([index.headers.get('content-type'), await index.text()]).toEqual([
      'application/yaml',
      'entries: {}\n',
    ]);
    for (const path of ['', '..%2fsecret.txt', 'gitops.git/HEAD', 'missing.tgz', '.hidden.tgz'])
      expect((await fetch(`${url}/charts/${path}`)).status).toBe(404);
  });
});
