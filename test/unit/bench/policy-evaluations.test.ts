import { describe, expect, it } from 'vitest';
import { EVALUATION_CASES, evaluationsPerSecond } from '../../../bench/policy/evaluations.ts';

describe('the bench of policies', () => {
  it.each(EVALUATION_CASES.map((one) => [one.title, one] as const))('evaluates with %s', (_title, one) => {
    expect(evaluationsPerSecond(one, 5)).toBeGreaterThan(0);
  });
});
