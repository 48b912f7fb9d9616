import { manifestOf } from './bench-manifest.ts';
import type { BenchSystem } from './bench-system.ts';

const WARM_UP = 5;

/** Milliseconds from an artifact's push until its decision can be read, one after the other. */
export async function decisionLatencies(system: BenchSystem, count: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let n = -WARM_UP; n < count; n += 1) {
    // Waits for a tag that never comes: nothing follows that would take the machine's time from the next.
    const environments = [manifestOf('bench', 'staging', { event: 'tag' })];
    const { decidedAfterMs } = await system.decide(`bench-${n + WARM_UP}`, environments);
    if (n >= 0) latencies.push(decidedAfterMs);
  }
  return latencies;
}
