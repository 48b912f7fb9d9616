import type { ReleaseAnswer } from '../../shared/contract/answers.ts';

/** How long a release was on its way from one state to the next, as a line of text. */
export function hops({ times }: ReleaseAnswer): string {
  const reached = Object.entries(times).sort(([, a], [, b]) => a - b);
  const steps = reached
    .slice(1)
    .map(([state, time], index) => `${seconds(time - (reached[index]?.[1] ?? time))} ${state}`);
  const total = (reached.at(-1)?.[1] ?? 0) - (reached[0]?.[1] ?? 0);
  return `${[reached[0]?.[0] ?? '', ...steps].join('  →  ')}   (${seconds(total)} in all)`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
