import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  httpTransport,
  mayHaveArrived,
  type TransportOptions,
} from '../../../shared/adapters/git/transport.ts';
import { GitRefusedError } from '../../../shared/errors/errors.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener, options: Partial<TransportOptions> = {}) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/team/repo.git`;
  return httpTransport({ url, credentials: NO_CREDENTIALS, ...options });
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const get = { method: 'GET', path: '/info/refs?service=git-upload-pack' } as const;
const post = { method: 'POST', path: '/git-receive-pack', body: Buffer.from('body') } as const;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('the connection to a git server', () => {
  it('sends path, body and its length, and the token of the moment in a header only', async () => {
    const seen: unknown[] = [];
    let tokens = 0;
    const transport = await serve(
      (request, response) => {
        const { authorization } = request.headers;
        seen.push([request.method, request.url, request.headers['content-length'], authorization]);
        response.end('answer');
      },
      {
        credentials: async () => {
          tokens += 1;
          return { username: 'x-access-token', password: `t${tokens}` };
        },
      },
    );
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect((await transport.send(get)).body.toString()).toBe('answer');
    await transport.send(post);
    expect(seen).toEqual([
      ['GET', '/team/repo.git/info/refs?service=git-upload-pack', undefined, basic('x-access-token:t1')],
      ['POST', '/team/repo.git/git-receive-pack', '4', basic('x-access-token:t2')],
    ]);
  });

  it('sends a POST once, even on a connection that turns out to be dead', async () => {
    let requests = 0;
    const transport = await serve((request, response) => {
      requests += 1;
      if (request.method === 'GET') response.end();
      else request.socket.destroy();
    });
    await transport.send(get);
    const error = await failure(transport.send(post));
    expect(mayHaveArrived(error)).toBe(true);
    expect(requests).toBe(2);
  });

  it('knows that nothing has arrived where nobody listens, or where it is asked to wait', async () => {
    const nowhere = httpTransport({ url: 'http://127.0.0.1:1/r.git', credentials: NO_CREDENTIALS });
    const unreachable = await failure(nowhere.send(post));
    expect(unreachable).toMatchObject({ code: 'git-unreachable', data: { sent: false } });
    expect(mayHaveArrived(unreachable)).toBe(false);
    const plain = await serve((_, response) => response.end());
    const noHandshake = httpTransport({ url: `https://${plain.host}/r.git`, credentials: NO_CREDENTIALS });
    expect(mayHaveArrived(await failure(noHandshake.send(post)))).toBe(false);
    const throttled = await serve((_, response) => response.writeHead(429, { 'retry-after': '5' }).end());
    expect(mayHaveArrived(await failure(throttled.send(post)))).toBe(false);
    const broken = await serve((_, response) => response.writeHead(503).end());
    expect(mayHaveArrived(await failure(broken.send(post)))).toBe(true);
  });

  it.each([
    ['announced', { 'content-length': '1000' }],
    ['not announced', {}],
  ])('stops reading an answer over the limit when its length is %s', async (_, headers) => {
    const transport = await serve((__, response) => response.writeHead(200, headers).end('x'.repeat(1000)), {
      maxAnswerBytes: 999,
    });
    const error = await failure(transport.send(get));
    expect(error).toBeInstanceOf(GitRefusedError);
    expect(String(error)).toContain('999');
    const enough = await serve((__, response) => response.end('x'.repeat(999)), { maxAnswerBytes: 999 });
    expect((await enough.send(get)).body.length).toBe(999);
  });

  it('gives up on a server that drips, though it is never silent for long', async () => {
    const transport = await serve(
      (_, response) => {
        const timer = setInterval(() => response.write('.'), 20);
        response.once('close', () => clearInterval(timer));
      },
      { idleTimeoutMs: 5000, totalTimeoutMs: 200 },
    );
    expect(await failure(transport.send(post))).toMatchObject({ code: 'git-timeout', data: { sent: true } });
  });

  it('keeps the token out of every error', async () => {
    const credentials = async () => ({ username: 'x-access-token', password: 'canary-token' });
    const listeners: RequestListener[] = [
      (request) => request.socket.destroy(),
      (_, response) => response.writeHead(401).end('no'),
      (_, response) => response.writeHead(302, { location: 'http://x/y' }).end(),
    ];
    for (const listener of listeners) {
      const error = await failure((await serve(listener, { credentials })).send(get));
      const encoded = Buffer.from('x-access-token:canary-token').toString('base64');
      expect(inspect(error, { depth: 10 })).not.toContain('canary-token');
      expect(inspect(error, { depth: 10 })).not.toContain(encoded);
    }
  });
});
