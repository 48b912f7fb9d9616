import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanGitEnvironment, createBareRepo } from '../../../local/git/bare-repo.ts';
import { gitHttpBackend } from '../../../local/git/http-backend.ts';
import { commitForeign, filesOf, git, installHook, tipOf } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { folderForTests } from '../../support/test-folder.ts';

const run = promisify(execFile);

describe('git http-backend behind our server', () => {
  const folder = folderForTests();
  const bare = join(folder, 'repo.git');
  const seen: { encoding: string | undefined; transfer: string | undefined }[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    await createBareRepo({ path: bare, branch: 'main' });
    const serve = gitHttpBackend({ projectRoot: folder, env: { FROM_US: 'yes' }, remoteUser: 'jane' });
    server = createServer((request, response) => {
      seen.push({
        encoding: request.headers['content-encoding'],
        transfer: request.headers['transfer-encoding'],
      });
      const [path = '', query = ''] = (request.url ?? '').split('?');
      serve(request, response, path, query).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/repo.git`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  /** The installed git as a client of this server: not in this process's way, for it is this process that answers. */
  const client = (cwd: string, ...args: string[]) => run('git', args, { cwd, env: cleanGitEnvironment() });

  it('lets git clone, with the compressed requests that it sends for a repo of many refs', async () => {
    const tip = commitForeign(bare, 'main', { 'a/b': 'hello' });
    const refs = Array.from(
      { length: 60 },
      (_, n) => `create refs/heads/b-${n} ${commitForeign(bare, `c-${n}`, { f: `${n}` })}\n`,
    );
    git(bare, ['update-ref', '--stdin'], { input: refs.join('') });
    using target = temporaryFolder();
    await client(target.path, 'clone', '--quiet', url, 'clone');
    expect(git(join(target.path, 'clone'), ['rev-parse', 'HEAD'])).toBe(tip);
    expect(seen.some(({ encoding }) => encoding === 'gzip')).toBe(true);
  });

  it('lets git push a body of unknown length, and tells hooks who it is', async () => {
    installHook(bare, 'pre-receive', 'echo "$REMOTE_USER $FROM_US" > who');
    using target = temporaryFolder();
    await client(target.path, 'init', '--quiet', '--initial-branch=pushed');
    for (const name of ['one', 'two'])
      git(target.path, ['commit', '--quiet', '--allow-empty', '-m', name.repeat(3000)]);
    await client(target.path, '-c', 'http.postBuffer=1', 'push', '--quiet', url, 'pushed');
    expect(seen.some(({ transfer }) => transfer === 'chunked')).toBe(true);
    expect(tipOf(bare, 'pushed')).toBe(git(target.path, ['rev-parse', 'HEAD']));
    expect(git(bare, ['hash-object', 'who'])).toBe(
      git(bare, ['hash-object', '--stdin'], { input: 'jane yes\n' }),
    );
  });

  it('ends every process of a client that dies in the middle of its body', async () => {
    using spy = temporaryFolder();
    const pidFile = join(spy.path, 'pid');
    const real = (await run('sh', ['-c', 'command -v git'])).stdout.trim();
    const script = `#!/bin/sh\necho $$ > ${pidFile}.new && mv ${pidFile}.new ${pidFile}\nexec ${real} "$@"\n`;
    writeFileSync(join(spy.path, 'git'), script, { mode: 0o755 });
    const path = `${spy.path}:${process.env['PATH']}`;
    const serve = gitHttpBackend({ projectRoot: folder, env: { PATH: path } });
    const spied = createServer((request, response) => {
      serve(request, response, request.url ?? '', '').catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => spied.listen(0, '127.0.0.1', resolve));
    const socket = connect({ port: (spied.address() as AddressInfo).port, host: '127.0.0.1' });
    const type = 'content-type: application/x-git-receive-pack-request';
    socket.write(
      `POST /repo.git/git-receive-pack HTTP/1.1\r\nhost: x\r\n${type}\r\ncontent-length: 100000\r\n\r\n00a5`,
    );
    await expect.poll(() => existsSync(pidFile), { timeout: 5000 }).toBe(true);
    const group = -Number(readFileSync(pidFile, 'utf8'));
    expect(isAlive(group)).toBe(true);
    socket.destroy();
    await expect.poll(() => isAlive(group), { timeout: 5000 }).toBe(false);
    await new Promise((resolve) => spied.close(resolve));
  });

  it('lets go of a request whose client is gone before git is asked', async () => {
    const serve = gitHttpBackend({ projectRoot: folder });
    const settled: unknown[] = [];
    const late = createServer((request, response) => {
      request.socket.destroy();
      const served = serve(request, response, '/repo.git/git-upload-pack', '');
      void served.catch(() => undefined).then(() => settled.push(request.url));
    });
    await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(late.address() as AddressInfo).port}/`;
    for (const body of ['', '0000']) await fetch(url, { method: 'POST', body }).catch(() => undefined);
    await expect.poll(() => settled.length, { timeout: 5000 }).toBe(2);
    await new Promise((resolve) => late.close(resolve));
  });

  it('keeps nothing of an answer that nobody is there for any more', async () => {
    using spy = temporaryFolder();
    const [begun, go] = [join(spy.path, 'begun'), join(spy.path, 'go')];
    const real = (await run('sh', ['-c', 'command -v git'])).stdout.trim();
    const wait = `touch ${begun}; while [ ! -e ${go} ]; do sleep 0.02; done`;
    writeFileSync(join(spy.path, 'git'), `#!/bin/sh\n${wait}\nexec ${real} "$@"\n`, { mode: 0o755 });
    const serve = gitHttpBackend({
      projectRoot: folder,
      env: { PATH: `${spy.path}:${process.env['PATH']}` },
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = createServer((request, response) => {
      resolve(serve(request, response, '/repo.git/info/refs', 'service=git-upload-pack'));
    });
    await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
    const before = connections();
    const socket = connect({ port: (slow.address() as AddressInfo).port, host: '127.0.0.1' });
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(() => existsSync(begun), { timeout: 5000 }).toBe(true);
    socket.destroy();
    await expect.poll(() => new Promise((count) => slow.getConnections((_, open) => count(open)))).toBe(0);
    writeFileSync(go, '');
    await promise;
    await expect.poll(connections, { timeout: 5000 }).toBe(before);
    await new Promise((closed) => slow.close(closed));
  });

  it("answers what is no repo with git's own 404", async () => {
    const answer = await fetch(`${url}x/info/refs?service=git-upload-pack`);
    expect(answer.status).toBe(404);
  });

  it('keeps commits when the repo is made again', async () => {
    const before = filesOf(bare, 'main');
    await createBareRepo({ path: bare, branch: 'main', denyNonFastForwards: true });
    expect(filesOf(bare, 'main')).toEqual(before);
    expect(git(bare, ['config', 'receive.denyNonFastForwards'])).toBe('true');
  });
});

/** Open connections that keep this process running. */
function connections(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
