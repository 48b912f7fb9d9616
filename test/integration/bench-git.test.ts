import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleContenders } from '../../bench/git/contender-bundle.ts';
import { CONTENDER_NAMES, CONTENDERS } from '../../bench/git/contenders/contenders.ts';
import { goals } from '../../bench/git/goals.ts';
import { measureSize, type SizeResult } from '../../bench/git/measure.ts';
import { formatReport } from '../../bench/git/report.ts';
import { BenchServer } from '../../bench/git/server.ts';
import type { RepoSize } from '../../bench/git/sizes.ts';
import { fsckStrict, git, listTree } from '../support/native-git.ts';
import { folderForTests } from '../support/test-folder.ts';

const TINY: RepoSize = {
  name: 'S',
  apps: 3,
  environments: ['staging', 'production'],
  commits: 12,
  rounds: 2,
};
const OPTIONS = {
  sizes: ['S'],
  contenders: CONTENDER_NAMES,
  batches: [1, 3],
  latenciesMs: [0],
  rounds: undefined,
  json: false,
  out: undefined,
} as const;

describe('the bench of writing to git', () => {
  const folder = folderForTests();
  const root = join(folder, 'served');
  const said: string[] = [];
  let result: SizeResult;

  beforeAll(async () => {
    const server = await BenchServer.start(root);
    try {
      const program = await bundleContenders(join(folder, 'contenders'));
      const cache = join(folder, 'cache');
      const progress = (line: string) => said.push(line);
      result = await measureSize(TINY, OPTIONS, { server, root, cache, program, progress });
    } finally {
      await server.close();
    }
  }, 120_000);

  it('lets everybody have a turn in every round', () => {
    const cells = CONTENDER_NAMES.flatMap((contender) =>
      (CONTENDERS[contender].batches ? [1, 3] : [1]).map((batch) => [contender, batch, [1, 2]]),
    );
    expect(
      result.cells.map(({ contender, batch, turns }) => [contender, batch, turns.map(({ round }) => round)]),
    ).toEqual(cells);
  });

  it.each([1, 3])('has all contenders with %i releases a push leave the same files', (batch) => {
    const trees = CONTENDER_NAMES.filter((name) => batch === 1 || CONTENDERS[name].batches).map((name) => {
      const repo = join(root, `S-${name}-${batch}.git`);
      fsckStrict(repo);
      // One turn to get ready, and two that are measured.
      expect(git(repo, ['rev-list', '--count', 'main'])).toBe(String(12 + 3 * batch));
      return listTree(repo, 'main').join('\n');
    });
    expect(new Set(trees).size).toBe(1);
  });

  it('counts what goes over the wire', () => {
    for (const { turns, contender } of result.cells) {
      for (const turn of turns) {
        expect(turn.ms).toBeGreaterThan(turn.serverMs);
        expect(turn.bytesUp).toBeGreaterThan(turn.pushBytes);
        expect(turn.pushBytes).toBeGreaterThan(500);
        expect(turn.requests).toBeGreaterThanOrEqual(contender === 'ours' ? 1 : 2);
      }
    }
  });

  it('meets the goals that no clock decides', () => {
    const untimed = goals([result]).filter(({ claim }) => !claim.includes('×'));
    expect(untimed.filter(({ met }) => !met)).toEqual([]);
    expect(untimed).toHaveLength(4);
  });

  it('prints a row for each contender and a line for each goal', () => {
    const machine = { date: '2026-11-22', cores: 2, node: 'v24', git: 'git version 2' };
    const text = formatReport({ machine, results: [result], leftOut: [], goals: goals([result]) });
    for (const { title } of Object.values(CONTENDERS)) expect(text).toContain(title);
    expect(text).toMatch(/^✓ S: a warm push is one request on a connection that stands/m);
    expect(text).toMatch(/\d+ goals met, \d+ missed$/);
  });

  it('tells those who wait what it does', () => {
    expect(said).toContain('S: round 2 of 2');
  });
});
