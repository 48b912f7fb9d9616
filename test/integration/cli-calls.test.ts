import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../cli/version.ts';
import { gimlet } from '../support/cli.ts';
import { against, artifactFileForTests } from '../support/cli-against.ts';
import { ARTIFACT, ID, problem, REQUEST } from '../support/scripted-answers.ts';
import { scriptedServer } from '../support/scripted-server.ts';

const file = artifactFileForTests();

describe('a call', () => {
  it('carries the token, and the id percent-encoded', async () => {
    const { code, calls } = await against([{ json: ARTIFACT }], ['artifact', 'show', ID]);
    expect(code).toBe(0);
    expect(calls[0]).toMatchObject({ method: 'GET', url: '/api/artifacts/owner%2Fmy%20app-abc123' });
    expect(calls[0]?.headers).toMatchObject({ authorization: 'Bearer tkn' });
  });

  it.each(['/', '/base/', '//'])('reaches a server whose URL ends in %s', async (end) => {
    await using server = await scriptedServer({ json: [] });
    const { code } = await gimlet(['artifact', 'list', '--server', `${server.url}${end}`]);
    expect(code).toBe(0);
    expect(server.calls[0]?.url).toMatch(
      end.includes('base') ? /^\/base\/api\/artifacts\?/ : /^\/api\/artifacts\?/,
    );
  });

  it('prefers the flags to the variables, wherever they stand', async () => {
    const { calls } = await against([{ json: [] }], ['--token', 'mine', 'artifact', 'list'], {
      GIMLET_TOKEN: 'other',
    });
    expect(calls[0]?.headers.authorization).toBe('Bearer mine');
  });

  it('sends every filter, and repeated ones again', async () => {
    const args = [
      '--app',
      'a',
      '--team',
      'sales',
      '--branch',
      'feature/x',
      '--event',
      'pr',
      '--sha',
      '1',
      '--sha',
      '2',
      '--since',
      '2026-01-31',
    ];
    const { calls } = await against([{ json: [] }], ['artifact', 'list', ...args]);
    const query = new URL(calls[0]?.url ?? '', 'http://x').searchParams;
    expect(query.getAll('sha')).toEqual(['1', '2']);
    expect(Object.fromEntries(query)).toMatchObject({
      app: 'a',
      team: 'sales',
      branch: 'feature/x',
      event: 'pr',
      since: '2026-01-31T00:00:00.000Z',
      limit: '10',
    });
  });

  it('asks for a token of teams as of apps', async () => {
    const args = ['--name', 'jane', '--role', 'engineer', '--app', 'shop', '--team', 'sales'];
    const { calls } = await against([problem(400)], ['admin', 'token', 'create', ...args]);
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ apps: ['shop', 'team:sales'] });
  });

  it('goes on page after page until it has enough', async () => {
    const page = Array.from({ length: 100 }, () => ARTIFACT);
    const link = { link: '</api/artifacts?branch=main&cursor=NEXT>; rel="next"' };
    const { stdout, calls } = await against(
      [
        { json: page, headers: link },
        { json: page.slice(0, 50), headers: link },
      ],
      ['artifact', 'list', '--branch', 'main', '--limit', '150', '--offset', '3', '-o', 'json'],
    );
    expect(JSON.parse(stdout)).toHaveLength(150);
    const queries = calls.map(({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams));
    expect(queries).toEqual([
      { branch: 'main', offset: '3', view: 'full', limit: '100' },
      { branch: 'main', cursor: 'NEXT', view: 'full', limit: '50' },
    ]);
  });
});

describe('what goes wrong', () => {
  it('is told field by field, with the request’s id', async () => {
    const errors = [{ path: 'version.sha', message: 'must be 1 to 64 letters and digits' }];
    const { code, stderr } = await against([problem(400, { errors })], ['artifact', 'push', '-f', file]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: It is not right.\n  version.sha: must be 1 to 64 letters and digits\n  request id: r-1\n',
    );
  });

  it('is told in JSON too', async () => {
    const { stdout } = await against(
      [problem(404, { code: 'unknown-artifact' })],
      ['artifact', 'show', 'x', '-o', 'json'],
    );
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'unknown-artifact', message: 'It is not right.' });
  });

  it('names the fix when there is no token, and when it is not taken', async () => {
    const none = await against([problem(401)], ['artifact', 'list'], { GIMLET_TOKEN: '' });
    expect(none.calls[0]?.headers).not.toHaveProperty('authorization');
    expect(none.stderr).toContain('No token is set: set GIMLET_TOKEN or --token.');
    const refused = await against([problem(401)], ['artifact', 'list']);
    expect(refused.stderr).toContain('The server does not take this token');
  });

  it('asks whether the server runs when nothing listens', async () => {
    const probe = createServer();
    const port = await new Promise<number>((resolve) => {
      probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port));
    });
    await new Promise((resolve) => probe.close(resolve));
    const { code, stderr } = await gimlet(['artifact', 'list', '--server', `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stderr).toContain('Is it running? npm start runs a server on this machine.');
  });

  it.each([
    [{ text: '<html>hello</html>' }, 'not as a GimletD server does'],
    [{ json: { hello: 'world' } }, 'is not understood'],
    [{ status: 404, text: 'not here' }, 'without /api'],
    [
      { status: 301, headers: { location: 'https://other.example.com/' } },
      'sends us on to https://other.example.com/',
    ],
    [{ status: 413, json: { message: 'Request Too Long' } }, 'Request Too Long'],
  ])('is named when the other side is no GimletD: %j', async (answer, reason) => {
    const { code, stderr } = await against([answer], ['artifact', 'list']);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });

  it('can’t play tricks with the terminal', async () => {
    const { stderr } = await against([problem(400, { detail: 'a\x1b[31mb\x07' })], ['artifact', 'list']);
    expect(stderr).toContain('error: a[31mb\n');
  });
});

describe('a server that asks for patience', () => {
  it('is asked again when it says, with the same request', async () => {
    const { code, calls, pauses } = await against(
      [
        // The gateway's own, and that of a token's budget.
        { status: 429, json: { message: 'Too Many Requests' } },
        problem(429, {}, { 'retry-after': '12' }),
        { status: 503, text: '', headers: { 'retry-after': '7' } },
        { status: 201, json: REQUEST },
      ],
      ['release', '--artifact-id', ID, '--env', 'staging'],
    );
    expect(code).toBe(0);
    expect(pauses).toEqual([500, 12_000, 7000]);
    expect(new Set(calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(calls.map(({ body }) => JSON.parse(body))).toEqual(
      Array.from({ length: 4 }, () => ({ env: 'staging', artifactId: ID })),
    );
  });

  it('is not asked for ever', async () => {
    const { code, calls, stderr } = await against([problem(503, { detail: 'Busy.' })], ['artifact', 'list']);
    expect(code).toBe(1);
    expect(calls).toHaveLength(5);
    expect(stderr).toContain('error: Busy.');
  });

  it('is asked again after a connection that was cut', async () => {
    const { code, calls } = await against(['cut', 'cut', { json: [] }], ['artifact', 'list']);
    expect(code).toBe(0);
    expect(calls).toHaveLength(3);
  });
});

describe('the version', () => {
  it('is told with that of the server, however it is asked for, and without a token', async () => {
    await using server = await scriptedServer({
      json: { name: 'gimletd', description: 'The GitOps release manager', api: '/api', version: '9.8.7' },
    });
    const env = { GIMLET_SERVER: server.url, GIMLET_TOKEN: 'tkn' };
    const { code, stdout } = await gimlet(['--version'], { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${VERSION}\nserver 9.8.7 (${server.url})\n` });
    const inJson = { version: VERSION, server: { url: server.url, version: '9.8.7' } };
    for (const args of [
      ['-V', '-o', 'json'],
      ['version', '-o', 'json'],
    ])
      expect(JSON.parse((await gimlet(args, { env })).stdout)).toEqual(inJson);
    expect(server.calls.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/', undefined],
      ['/', undefined],
      ['/', undefined],
    ]);
  });

  it.each([
    ['is away for good', 'cut', /^Could not reach http:/],
    ['is away for now', { status: 503, text: 'later' }, /503/],
    ['is another one', { json: [] }, /did not answer as a GimletD server/],
  ] as const)('is told at once where the server %s', async (_case, answer, error) => {
    await using server = await scriptedServer(answer);
    const { code, stdout, pauses } = await gimlet(['--version', '-o', 'json', '--server', server.url]);
    expect({ code, pauses }).toEqual({ code: 0, pauses: [] });
    expect(JSON.parse(stdout)).toEqual({
      version: VERSION,
      server: { url: server.url, error: expect.stringMatching(error) },
    });
    expect(server.calls).toHaveLength(1);
  });

  it('is told where what is set is no server, which is told too, without what may be secret', async () => {
    const { code, stdout } = await gimlet(['--version'], { env: { GIMLET_SERVER: 'https://me:pass@host' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${VERSION}\nserver unknown \\(The server must be a plain URL`));
    expect(stdout).not.toContain('pass');
  });
});
