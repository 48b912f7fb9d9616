import { manifestOf } from './bench-manifest.ts';
import type { BenchSystem } from './bench-system.ts';

/** As many as an artifact may have. */
export const MANY = 200;
const ROUNDS = 3;

/**
 * Milliseconds of the one policy invocation that decides an artifact of 200 environments and makes all its releases;
 * one number for each round.
 * @throws Error when it took more than one invocation.
 */
export async function manyEnvironments(system: BenchSystem): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    system.policyInvocations();
    const environments = Array.from({ length: MANY }, (_, n) =>
      manifestOf(`many-${round}`, `env-${n}`, { event: 'push', branch: 'main' }),
    );
    await system.decide(`many-${round}`, environments);
    // The next is not to find the machine busy with this one's releases.
    await system.settle();
    const [ms, ...others] = system.policyInvocations();
    if (ms === undefined || others.length > 0) throw new Error(`${others.length + 1} invocations, not one`);
    times.push(ms);
  }
  return times;
}
