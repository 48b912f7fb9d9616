import { describe, expect, it } from 'vitest';
import { judgeApprovals, type Settled, type Shown, withheld } from './approvals.ts';

const TARGET = 'production/shop';
const settled = (outcome: Settled['outcome'], ...approvedBy: string[]): Settled => ({
  name: 'rel-1',
  target: TARGET,
  outcome,
  approvedBy,
});
const judged = (one: Settled, shown?: Shown) =>
  judgeApprovals([one], new Map(shown === undefined ? [] : [[one.name, shown]]));

describe('the judge of approvals', () => {
  it.each([
    [settled('approved', 'Ann', 'Bob'), { state: 'released', given: ['Bob', 'Ann'] }],
    [settled('approved', 'Ann', 'Bob'), { state: 'superseded', given: ['Ann', 'Bob'] }],
    [settled('rejected', 'Ann'), { state: 'rejected', given: ['Ann'] }],
    [settled('lapsed', 'Ann'), { state: 'expired', given: ['Ann'] }],
    [settled('short', 'ann'), { state: 'waiting', given: ['Ann'] }],
  ])('finds nothing wrong with what is as people were told', (one, shown) => {
    expect(judged(one, shown)).toEqual([]);
  });

  it('finds what waits though it was answered', () => {
    for (const outcome of ['approved', 'rejected', 'lapsed'] as const)
      expect(judged(settled(outcome, 'Ann'), { state: 'waiting', given: ['Ann'] })).toEqual([
        `rel-1 of ${TARGET} is waiting, and people were told that it is ${outcome}`,
      ]);
  });

  it.each([
    ['twice', ['Ann', 'ann']],
    ['not at all', []],
    ['unasked', ['Ann', 'Bob']],
  ])('finds an approval that is counted %s', (_, given) => {
    expect(judged(settled('short', 'Ann'), { state: 'waiting', given })).toEqual([
      expect.stringContaining('and those who were told so are [ann]'),
    ]);
  });

  it('finds what can’t be found, and what is approved and must not be', () => {
    expect(judged(settled('short', 'Ann'))).toEqual([`rel-1 of ${TARGET} can't be found`]);
    expect(judged(settled('wrong', 'Ann'), { state: 'released', given: ['Ann'] })).toHaveLength(1);
  });

  it('says why each of the others must not be in the branch', () => {
    const outcomes = ['approved', 'rejected', 'lapsed', 'short', 'wrong'] as const;
    const all = outcomes.map((outcome) => ({ ...settled(outcome), name: outcome }));
    expect([...withheld(all).keys()]).toEqual(['rejected', 'lapsed', 'short', 'wrong']);
  });
});
