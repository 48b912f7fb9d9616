import { describe, expect, it } from 'vitest';
import { gimlet } from '../support/cli.ts';
import { against } from '../support/cli-against.ts';
import { ARTIFACT, decision, ID, release } from '../support/scripted-answers.ts';
import { scriptedServer } from '../support/scripted-server.ts';

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
