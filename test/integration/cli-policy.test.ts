import { describe, expect, it } from 'vitest';
import { gimlet } from '../support/cli.ts';
import { type ScriptedAnswer, scriptedServer } from '../support/scripted-server.ts';

const HOLD = { env: 'staging', app: 'web', id: 'h', owner: 'jane', reason: 'looking', since: 1, waiting: [] };
const POLICY = { id: 'stop-the-line', kind: 'stop-the-line', origin: 'api', reason: 'incident', version: 7 };

/** What a command line asks the server for. */
async function asked(answer: unknown, ...args: string[]) {
  await using server = await scriptedServer({ json: answer });
  const { code, stderr } = await gimlet(['policy', ...args], {
    env: { GIMLET_SERVER: server.url, GIMLET_TOKEN: 'secret' },
  });
  return { code, stderr, call: server.calls[0], calls: server.calls.length };
}

describe('gimlet admin kill-switch', () => {
  const on = {
    id: 'kill-switch',
    kind: 'kill-switch',
    origin: 'api',
    reason: 'move',
    version: 3,
    changedAt: 1,
  };
  const unknown = {
    ...{ type: 'urn:gimletd:problem:policy-not-found', title: 'Not found', status: 404 },
    ...{ code: 'policy-not-found', detail: 'There is no policy.' },
  };

  async function killSwitch(answers: readonly ScriptedAnswer[], ...args: string[]) {
    await using server = await scriptedServer(...answers);
    const env = { GIMLET_SERVER: server.url, GIMLET_TOKEN: 'secret' };
    const { code, stdout } = await gimlet(['admin', 'kill-switch', ...args], { env });
    return { code, stdout, asked: server.calls.map(({ method, url }) => `${method} ${url}`) };
  }

  it('is put and deleted as the policy that it is, with the version that was seen', async () => {
    const { code, stdout, asked } = await killSwitch([{ json: on }], 'on', '--reason', 'move');
    expect({ code, asked }).toEqual({ code: 0, asked: ['PUT /api/policies/kill-switch'] });
    expect(stdout).toContain('nothing is written to any GitOps repo');
    const off = await killSwitch([{ json: on }, { json: { id: 'kill-switch', deleted: true } }], 'off');
    expect(off.asked).toEqual(['GET /api/policies/kill-switch', 'DELETE /api/policies/kill-switch']);
  });

  it.each(['off', 'status'])('is off already, says %s', async (state) => {
    const { code, stdout, asked } = await killSwitch([{ status: 404, json: unknown }], state, '-o', 'json');
    expect({ code, asked, on: JSON.parse(stdout).on }).toEqual({
      code: 0,
      asked: ['GET /api/policies/kill-switch'],
      on: false,
    });
  });

  it('wants a reason, and the server hears nothing of it', async () => {
    expect(await killSwitch([{ json: on }], 'on')).toMatchObject({ code: 2, asked: [] });
  });
});

describe('gimlet policy', () => {
  const target = ['--app', 'web', '--env', 'staging'];

  it.each([
    [['resume', ...target], 'DELETE', '/api/holds/staging%2Fweb?release=true'],
    [['resume', ...target, '--no-release'], 'DELETE', '/api/holds/staging%2Fweb?release=false'],
    [['resume', ...target, '--dry-run'], 'GET', '/api/holds/staging%2Fweb'],
  ])('%j asks %s %s', async (args, method, url) => {
    const { code, call } = await asked(HOLD, ...args);
    expect({ code, method: call?.method, url: call?.url }).toEqual({ code: 0, method, url });
  });

  it('sends the version that a change was made on', async () => {
    const { call } = await asked(POLICY, 'stop-the-line', '--reason', 'incident', '--if-version', '7');
    expect(call?.headers['if-match']).toBe('"7"');
    expect(JSON.parse(call?.body ?? '')).toEqual({ reason: 'incident' });
  });

  const freeze = ['freeze', '--env', 'e', '--name', 'n', '--reason', 'r'];

  it.each([
    [['--from', '2026-01-01T00:00:00Z', '--until', '2026-01-01T02:00:00Z'], '2026-01-01T02:00:00Z'],
    [['--from', '2026-01-01T01:00:00+01:00', '--for', '2h'], '2026-01-01T02:00:00.000Z'],
    [['--until', '2026-01-01T02:00:00Z'], '2026-01-01T02:00:00Z'],
  ])('freezes %j', async (when, until) => {
    const { code, call } = await asked(POLICY, ...freeze, ...when);
    expect(code).toBe(0);
    expect(JSON.parse(call?.body ?? '').freeze).toMatchObject({ until, reason: 'r' });
  });

  it('freezes from now on for so long', async () => {
    const { call } = await asked(POLICY, ...freeze, '--for', '2h');
    const { from, until } = JSON.parse(call?.body ?? '').freeze;
    expect(Date.parse(until) - Date.parse(from)).toBe(2 * 3_600_000);
  });

  it.each([
    [[...freeze, '--from', '2026-01-01T00:00:00Z'], '--until'],
    [[...freeze, '--until', '2026-01-01T00:00:00Z', '--for', '2h'], '--until'],
    [[...freeze, '--from', 'soon', '--for', '2h'], '2026-01-31T09:00:00Z'],
    [[...freeze, '--schedule', '0 0 * * *'], '--for'],
    [[...freeze, '--schedule', '0 0 * * *', '--for', '2h', '--from', '2026-01-01T00:00:00Z'], '--from'],
    [['auto-release', ...target, '--event', 'push', '--branch', 'a', '--tag', 'b'], 'give one of them'],
    [['auto-promote', '--app', 'a', '--from', 'b', '--to', 'c', '--after', 'soon'], '30m, 2h or 1d'],
    [['resume', ...target, '--dry-run', '--no-release'], 'give one'],
    [['simulate'], 'Which policies?'],
    [['hold', ...target], '--reason'],
  ])('%j is wrong usage, and the server hears nothing of it', async (args, says) => {
    const { code, stderr, calls } = await asked({}, ...args);
    expect({ code, calls }).toEqual({ code: 2, calls: 0 });
    expect(stderr).toContain(says);
  });
});
