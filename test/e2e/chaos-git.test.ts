import { describe, expect, it } from 'vitest';
import { type GitChaosOptions, runGitChaos } from '../chaos/git/git-chaos.ts';
import { closingLine, isFlawless } from '../chaos/report.ts';

const LONG = { timeout: 240_000 };
const USUAL: GitChaosOptions = { seed: 1, engine: 'smart-http', historyScan: true, kills: 70 };
/** Where a death leaves most to be found out: the repo has it, and nobody has noted that. */
const PUSHED = ['after branch.push', 'before targets.recordWritten'];

describe('writers that are killed', () => {
  it('at every step of their work lose nothing, and write nothing twice or out of order', LONG, async () => {
    const report = await runGitChaos(USUAL);
    expect(report.verdict).toMatchObject({ lost: [], doubled: [], outOfOrder: [], spoiled: [] });
    expect([...report.atSteps].filter(([, times]) => times === 0)).toEqual([]);
    expect(isFlawless(report)).toBe(true);
    expect(closingLine(report)).toMatch(/^70 kills, \d+ releases, 0 lost, 0 double, 0 out of order$/);
  });

  it.each(['smart-http', 'isomorphic'] as const)(
    'once they have pushed, with %s, change nothing',
    LONG,
    async (engine) => {
      const report = await runGitChaos({ ...USUAL, engine, kills: 5, steps: PUSHED });
      expect(report.verdict).toMatchObject({ lost: [], doubled: [], outOfOrder: [], spoiled: [] });
    },
  );

  /** The control: the same deaths, and nobody looks at what is in the repo. */
  it('would have their work done twice if the next one did not look at the history', LONG, async () => {
    const report = await runGitChaos({ ...USUAL, kills: 10, steps: PUSHED, historyScan: false });
    expect(report.verdict.doubled).not.toEqual([]);
    expect(isFlawless(report)).toBe(false);
  });
});
