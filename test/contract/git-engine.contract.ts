import { describe } from 'vitest';
import { type EngineFactory, EngineUnderTest } from './git-engine/engine-under-test.ts';
import { describeReading } from './git-engine/reading.ts';
import { describeTrouble } from './git-engine/trouble.ts';
import { describeWriting } from './git-engine/writing.ts';

/** What every implementation of the port `GitEngine` must do, against a real git server. */
export function describeGitEngine(name: string, makeEngine: EngineFactory): void {
  describe(name, () => {
    const tested = new EngineUnderTest(makeEngine);
    describeWriting(tested);
    describeTrouble(tested);
    describeReading(tested);
  });
}
