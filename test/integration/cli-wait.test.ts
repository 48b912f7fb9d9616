import { describe, expect, it } from 'vitest';
import type { DecisionAnswer, RequestAnswer } from '../../shared/contract/answers.ts';
import { against, artifactFileForTests } from '../support/cli-against.ts';
import { ARTIFACT, decision, ID, problem, REQUEST, release } from '../support/scripted-answers.ts';
import type { ScriptedAnswer } from '../support/scripted-server.ts';

const file = artifactFileForTests();

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
