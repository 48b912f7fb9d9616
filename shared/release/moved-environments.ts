import { inParallel } from '../concurrency/in-parallel.ts';
import type { DriftRecords } from './ports.ts';
import { runs } from './running.ts';
import { type GitOpsLocation, gitOpsLocation, type Settings } from './settings.ts';

/** An environment that is written to another place; what runs there stays at the old one until it is released again. */
export interface MovedEnvironment {
  readonly env: string;
  readonly from: GitOpsLocation;
  readonly to: GitOpsLocation;
  readonly apps: readonly string[];
}

const PARALLEL = 10;

/** The environments with something in them that other settings would place elsewhere. */
export async function movedEnvironments(
  targets: Pick<DriftRecords, 'listOf'>,
  before: Settings,
  after: Settings,
): Promise<MovedEnvironment[]> {
  const names = new Set([...Object.keys(before.environments), ...Object.keys(after.environments)]);
  const moved = [...names].flatMap((env) => {
    const [from, to] = [gitOpsLocation(before, env), gitOpsLocation(after, env)];
    const same = from.repo === to.repo && from.branch === to.branch && from.layout === to.layout;
    return same ? [] : [{ env, from, to }];
  });
  const found = await inParallel(moved, PARALLEL, async (one) => ({
    ...one,
    apps: (await targets.listOf(one.env)).filter(runs).map(({ app }) => app),
  }));
  return found.filter(({ apps }) => apps.length > 0);
}
