import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../cli/version.ts';
import type {
  ArtifactAnswer,
  DecisionAnswer,
  ReleaseAnswer,
  RequestAnswer,
} from '../../shared/contract/answers.ts';
import { gimlet } from '../support/cli.ts';
import { type ScriptedAnswer, scriptedServer } from '../support/scripted-server.ts';
import { folderForTests } from '../support/test-folder.ts';

const ID = 'owner/my app-abc123';
const ARTIFACT: ArtifactAnswer = {
  id: ID,
  created: 1769850000,
  digest: 'd',
  version: {
    repositoryName: 'owner/my app',
    event: 'push',
    sha: 'abc123',
    branch: 'main',
    name: 'owner/my app',
    pr: false,
  },
  context: {},
  items: [],
  environments: [{ app: 'a', env: 'staging' }],
};

function decision(of: Partial<DecisionAnswer>): DecisionAnswer {
  return {
    artifactId: ID,
    app: 'a',
    env: 'staging',
    cause: 'arrival',
    outcome: 'released',
    sentence: 'released: event push matches push',
    conditions: [{ name: 'event', holds: true, wanted: 'push', saw: 'push' }],
    decidedAt: 1769850000000,
    ...(of.outcome === undefined || of.outcome === 'released' ? { releaseId: 'rel-1' } : {}),
    ...of,
  };
}

function release(state: ReleaseAnswer['state'], of: Partial<ReleaseAnswer> = {}): ReleaseAnswer {
  const ends = ['released', 'unchanged', 'superseded', 'held', 'failed'];
  return {
    type: 'release',
    id: 'rel-1',
    app: 'a',
    env: 'staging',
    artifactId: ID,
    version: ARTIFACT.version,
    state,
    terminal: ends.includes(state),
    cause: 'arrival',
    triggeredBy: 'policy',
    reason: 'released: event push matches push',
    order: 1,
    gitopsRepo: 'http://localhost/gitops.git',
    created: 1769850000,
    times: { queued: 1769850000000, [state]: 1769850000700 },
    ...of,
  };
}

const REQUEST: RequestAnswer = {
  type: 'request',
  id: 'req-1',
  kind: 'release',
  env: 'staging',
  artifactId: ID,
  triggeredBy: 'jane',
  state: 'processing',
  releases: [{ id: 'rel-1', app: 'a', env: 'staging', artifactId: ID, state: 'queued' }],
};

function problem(
  status: number,
  of: object = {},
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    json: {
      type: 'about:blank',
      title: 'No',
      status,
      detail: 'It is not right.',
      code: 'no',
      requestId: 'r-1',
      ...of,
    },
  };
}

const folder = folderForTests();
let file: string;
beforeAll(async () => {
  file = join(folder, 'artifact.json');
  await writeFile(file, JSON.stringify({ version: { name: 'owner/my app', sha: 'abc123' } }));
});

/** Runs a command against a server that answers this; pauses take no time. */
async function against(
  answers: readonly ScriptedAnswer[],
  args: readonly string[],
  env: Record<string, string> = {},
) {
  await using server = await scriptedServer(...answers);
  let clock = 1769850000000;
  const run = await gimlet(args, {
    env: { GIMLET_SERVER: server.url, GIMLET_TOKEN: 'tkn', ...env },
    now: () => clock,
    sleep: async (ms) => {
      clock += ms;
    },
  });
  return { ...run, calls: server.calls };
}

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

describe('gimlet artifact push --wait', () => {
  const run = (answers: readonly ScriptedAnswer[], ...more: string[]) =>
    against(
      [{ status: 201, json: ARTIFACT }, ...answers],
      ['artifact', 'push', '-f', file, '--wait', '--timeout', '1m', ...more],
    );
  const decided = (...decisions: DecisionAnswer[]) => ({ json: { complete: true, decisions } });

  it('tells each step, and ends well when the release is written', async () => {
    const { code, stdout } = await run([
      { json: { complete: false, decisions: [] } },
      decided(decision({})),
      problem(404),
      { json: release('rendering') },
      { json: release('ready', { times: { queued: 1, rendering: 2, ready: 3 } }) },
      {
        json: release('released', {
          times: { queued: 1, rendering: 2, ready: 3, writing: 4, released: 1001 },
          gitopsRef: '0123456789abcdef',
        }),
      },
    ]);
    expect(code).toBe(0);
    const steps = stdout.split('\n').map((line) => line.replace(/^ *[\d.]+ s +/, '').replace(/ {2,}/g, '  '));
    expect(steps.slice(0, -1)).toEqual([
      `accepted  ${ID}  1 environment`,
      'decided  staging/a  released: event push matches push',
      'rendering  staging/a',
      'ready  staging/a',
      'writing  staging/a',
      'released  staging/a  commit 01234567 after 1.0 s',
      'Done: 1 release.',
    ]);
  });

  it('ends well when no policy asks for a release', async () => {
    const { code, stdout } = await run([
      decided(decision({ outcome: 'notMatched', sentence: 'not released: no deploy policy' })),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing is to be released.');
  });

  it('fails when there is nothing in it that could be released', async () => {
    const { code, stdout } = await run([decided()]);
    expect(code).toBe(1);
    expect(stdout).toContain('It has no environments');
  });

  it('tells where it stands in the queue as long as it waits, and why', async () => {
    const queued = { queued: 1 };
    const queue = (position: number, more = {}) => ({ position, expectedAt: 1769850000000, ...more });
    const { stdout } = await run([
      decided(decision({})),
      { json: release('queued', { times: queued, queue: queue(3) }) },
      { json: release('queued', { times: queued, queue: queue(3) }) },
      { json: release('rendering', { times: { ...queued, rendering: 2 }, queue: queue(3) }) },
      { json: release('ready', { times: { ...queued, rendering: 2, ready: 3 }, queue: queue(2) }) },
      {
        json: release('ready', {
          times: { ...queued, rendering: 2, ready: 3 },
          queue: queue(1, { after: 'rel-0', paused: 'protected branch' }),
        }),
      },
      {
        json: release('released', { times: { ...queued, rendering: 2, ready: 3, writing: 4, released: 5 } }),
      },
    ]);
    const steps = stdout.split('\n').map((line) => line.replace(/^ *[\d.]+ s +/, '').replace(/ {2,}/g, '  '));
    expect(steps.slice(2, -3)).toEqual([
      'queued  staging/a  number 3 in the queue',
      'rendering  staging/a',
      'ready  staging/a  number 2 in the queue',
      'ready  staging/a  number 1 in the queue, after rel-0, paused: protected branch',
      'writing  staging/a',
    ]);
  });

  it.each(['invalid', 'restricted', 'held', 'frozen', 'stopped', 'superseded'] as const)(
    'fails when it was %s',
    async (outcome) => {
      const { code, stdout } = await run([decided(decision({ outcome, sentence: 'because' }))]);
      expect(code).toBe(1);
      expect(stdout).toMatch(new RegExp(`${outcome} +staging/a +because`));
    },
  );

  it.each(['failed', 'held', 'superseded'] as const)('fails when its release ends as %s', async (state) => {
    const answer = release(state, { outcomeReason: 'because', errorCode: 'some-code' });
    const { code, stdout } = await run([decided(decision({})), { json: answer }]);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`${state} +staging/a +because \\(some-code\\)`));
  });

  it('counts what was in the repo already as done', async () => {
    const { code } = await run([decided(decision({})), { json: release('unchanged') }]);
    expect(code).toBe(0);
  });

  it('gives up after the time it was given, and says how to go on', async () => {
    const { code, stdout } = await run([decided(decision({})), { json: release('ready') }]);
    expect(code).toBe(3);
    expect(stdout).toContain('gimlet release show rel-1');
  });

  it('outlives a server that is away for a moment', async () => {
    const away = Array.from({ length: 6 }, () => problem(503, { detail: 'Away.' }));
    const { code, stdout } = await run([decided(decision({})), ...away, { json: release('released') }]);
    expect(code).toBe(0);
    expect(stdout.match(/Away\./g)).toHaveLength(1);
  });

  it('with -o json answers all of it at the end, and tells the steps on stderr', async () => {
    const { code, stdout, stderr } = await run(
      [decided(decision({})), { json: release('failed') }],
      '-o',
      'json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      artifact: { id: ID },
      outcome: 'failed',
      decisions: [{ outcome: 'released' }],
      releases: [{ state: 'failed' }],
    });
    expect(stderr).toContain('accepted');
  });
});

describe.each([
  ['release', '-a', ID, '--env', 'staging'],
  ['release', 'make', '-a', ID, '--env', 'staging'],
  ['release', 'rollback', '--env', 'staging', '--app', 'a', '--to', 'rel-0'],
  ['release', 'delete', '--env', 'staging', '--app', 'a'],
  ['promote', '--from', 'testing', '--to', 'staging', '--app', 'a'],
])('gimlet %s %s … --wait', (...args) => {
  const run = (request: Partial<RequestAnswer>, ...answers: ScriptedAnswer[]) =>
    against(
      [{ status: 201, json: { ...REQUEST, ...request } }, ...answers],
      [...args, '--wait', '--timeout', '1m'],
    );

  it.each([
    ['released', 0, 'Done: 1 release.'],
    ['unchanged', 0, 'nothing to commit'],
    ['failed', 1, 'Not all of it was released.'],
    ['superseded', 1, 'Not all of it was released.'],
    ['ready', 3, 'gimlet release show rel-1'],
  ] as const)('to %s exits with %i', async (state, exit, said) => {
    const { code, stdout } = await run({}, { json: release('rendering') }, { json: release(state) });
    expect(code, stdout).toBe(exit);
    expect(stdout).toContain(said);
  });

  it('fails when nothing came of it', async () => {
    const { code, stdout } = await run({ releases: [] });
    expect(code, stdout).toBe(1);
  });
});

describe('gimlet artifact track --wait', () => {
  it('fails, as without --wait, when no policy asked for a release', async () => {
    const decisions = [decision({ outcome: 'notMatched', sentence: 'no deploy policy' })];
    const { code, stdout } = await against(
      [{ json: { complete: true, decisions } }],
      ['artifact', 'track', ID, '--wait'],
    );
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing was released.');
  });
});

describe('other commands', () => {
  it('gimlet policy explain shows what each condition wanted and saw', async () => {
    const conditions = [{ name: 'branch', holds: false, wanted: 'main', saw: 'feature/x' }];
    const answer = {
      complete: true,
      decisions: [decision({ outcome: 'notMatched', sentence: 'not released', conditions })],
    };
    const { code, stdout } = await against([{ json: answer }], ['policy', 'explain', '--artifact', ID]);
    expect(code).toBe(0);
    expect(stdout).toContain('✗ branch: wanted main, saw feature/x');
  });

  it('gimlet policy explain fails for an environment that the artifact does not have', async () => {
    const answers = [{ json: { complete: true, decisions: [decision({})] } }, { json: ARTIFACT }];
    const { code, stderr } = await against(answers, [
      'policy',
      'explain',
      '--artifact',
      ID,
      '--env',
      'stagin',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('It has staging/a.');
  });

  it('gimlet release status fails when nothing runs there', async () => {
    const { code, stdout, stderr } = await against(
      [{ json: { a: null } }],
      ['release', 'status', '--env', 'x', '--app', 'a', '-o', 'json'],
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ a: null });
    expect(stderr).toContain('a has not been released to x so far');
  });

  it('show tables with a head on a terminal, and bare tabs elsewhere', async () => {
    await using server = await scriptedServer({
      json: [release('released', { gitopsRef: '0123456789abcdef' })],
    });
    const args = ['release', 'list', '--env', 'staging', '--server', server.url];
    const piped = await gimlet(args);
    expect(piped.stdout.split('\n')).toHaveLength(2);
    expect(piped.stdout.split('\t').slice(0, 3)).toEqual(['rel-1', 'staging/a', 'released']);
    const seen = await gimlet(args, { terminal: true, env: { NO_COLOR: '1' } });
    expect(seen.stdout).toMatch(/^ID +TARGET +STATE/);
    expect(seen.stdout).not.toContain('\x1b');
    expect((await gimlet(args, { terminal: true })).stdout).toContain('\x1b[1m');
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
