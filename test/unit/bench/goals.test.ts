import { describe, expect, it } from 'vitest';
import type { ContenderName } from '../../../bench/git/contenders/contenders.ts';
import { type Goal, goals } from '../../../bench/git/goals.ts';
import type { Cell, Turn } from '../../../bench/git/measure.ts';
import { ratios } from '../../../bench/git/results.ts';
import { SIZES, type SizeName } from '../../../bench/git/sizes.ts';

const GOOD: Turn = {
  round: 1,
  ms: 10,
  requests: 1,
  connections: 0,
  bytesUp: 3_000,
  bytesDown: 400,
  pushBytes: 2_500,
  serverMs: 9,
};

function cell(contender: ContenderName, batch: number, turns: readonly Partial<Turn>[]): Cell {
  const all = turns.map((turn, index) => ({ ...GOOD, round: index + 1, ...turn }));
  return { contender, batch, latencyMs: 0, turns: all };
}

function met(size: SizeName, cells: readonly Cell[], claim: RegExp): boolean[] {
  const found = goals([{ size: SIZES[size], cells }]).filter((goal: Goal) => claim.test(goal.claim));
  return found.map((goal) => goal.met);
}

describe('a goal', () => {
  it('is not spoken of when nothing was measured for it', () => {
    expect(goals([{ size: SIZES.S, cells: [cell('fresh-clone', 1, [{}])] }])).toEqual([]);
  });

  it.each([
    ['is met by one request on the same connection', {}, true],
    ['is missed by a second request in a single turn', { requests: 2 }, false],
    ['is missed by a new connection in a single turn', { connections: 1 }, false],
  ])('%s', (_, turn, expected) => {
    expect(met('S', [cell('ours', 10, [{}, turn])], /one request/)).toEqual([expected]);
  });

  it('counts the bytes of a push by its releases', () => {
    expect(met('L', [cell('ours', 100, [{ pushBytes: 390_000 }])], /4 KB/)).toEqual([true]);
    expect(met('L', [cell('ours', 100, [{ pushBytes: 410_000 }])], /4 KB/)).toEqual([false]);
  });

  it('compares round by round, so that a slow minute of the machine does not count', () => {
    const ours = cell('ours', 1, [{ ms: 10 }, { ms: 1_000 }, { ms: 30 }]);
    const theirs = cell('fast-import', 1, [{ ms: 20 }, { ms: 2_000 }, { ms: 40 }]);
    const result = { size: SIZES.M, cells: [ours, theirs] };
    expect(ratios(result, { contender: 'ours', batch: 1 }, 'fast-import')).toEqual([
      { contender: 'ours', batch: 1, latencyMs: 0, against: 'fast-import', ratio: 0.5 },
    ]);
    expect(met('M', [ours, theirs], /× fast-import/)).toEqual([true]);
  });

  it('does not count the push itself among the requests of a cold start', () => {
    expect(met('S', [cell('ours-cold', 1, [{ requests: 5 }])], /4 requests/)).toEqual([true]);
    expect(met('S', [cell('ours-cold', 1, [{ requests: 6 }])], /4 requests/)).toEqual([false]);
  });

  it('wants the same requests and bytes of a history that is five times as long', () => {
    const compare = (turn: Partial<Turn>) =>
      goals([
        { size: SIZES.M, cells: [cell('ours', 1, [{}])] },
        { size: SIZES['M-long'], cells: [cell('ours', 1, [turn])] },
      ]).filter(({ claim }) => /50,000/.test(claim));
    expect(compare({ bytesUp: 3_010 })).toMatchObject([{ met: true }]);
    expect(compare({ bytesUp: 4_000 })).toMatchObject([{ met: false }]);
    expect(compare({ requests: 2 })).toMatchObject([{ met: false }]);
  });
});
