import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUndone, type PastRollback, withRollback } from '../../../shared/release/undone.ts';

/** A history: a step is a rollback to the step of that number, or a deploy. */
const histories = fc
  .array(fc.option(fc.nat(), { freq: 2 }), { minLength: 1, maxLength: 30 })
  .map((steps) => steps.map((to, before) => (to === null || before === 0 ? undefined : 1 + (to % before))));

function remembered(steps: readonly (number | undefined)[]): readonly PastRollback[] {
  return steps.reduce<readonly PastRollback[]>(
    (rollbacks, to, at) =>
      to === undefined ? rollbacks : withRollback(rollbacks, { order: at + 1, restores: to }),
    [],
  );
}

const undoneOf = (rollbacks: readonly PastRollback[], last: number) =>
  [...Array(last).keys()]
    .map((before) => before + 1)
    .filter((order) => isUndone(rollbacks, { order, state: 'released' }));

describe('what rollbacks have undone', () => {
  it('is what was written after the state that was put back, whatever came before and since', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        // What was undone once each step was taken.
        const after: ReadonlySet<number>[] = [new Set()];
        for (const [before, to] of steps.entries()) {
          const between = to === undefined ? [] : [...Array(before - to).keys()].map((n) => to + 1 + n);
          after.push(new Set([...(after[to ?? before] ?? []), ...between]));
        }
        const expected = [...(after.at(-1) ?? [])].sort((a, b) => a - b);
        expect(undoneOf(remembered(steps), steps.length)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['one step back', [undefined, undefined, 1], [2]],
    ['a rollback of a rollback', [undefined, undefined, 1, 2], [3]],
    ['back again to the rollback', [undefined, undefined, 1, 2, 3], [2, 4]],
    ['what was released since', [undefined, undefined, 1, undefined], [2]],
  ])('of %s', (_, steps, undone) => {
    expect(undoneOf(remembered(steps), steps.length)).toEqual(undone);
  });

  it('is nothing that was never written', () => {
    const rollbacks = [{ order: 9, restores: 1 }];
    for (const state of ['failed', 'superseded', 'held', 'cancelled', 'ready'] as const)
      expect(isUndone(rollbacks, { order: 5, state })).toBe(false);
  });

  it('is said of the last hundred rollbacks', () => {
    const steps = [undefined, ...Array(150).fill(1)];
    expect(remembered(steps)).toHaveLength(100);
    expect(undoneOf(remembered(steps), steps.length)).toEqual([...Array(149).keys()].map((n) => n + 2));
  });
});
