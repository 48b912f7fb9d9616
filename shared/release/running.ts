import { NotFoundError } from '../errors/errors.ts';
import type { DriftRecords } from './ports.ts';
import { listNames } from './request-release.ts';
import type { RunningRelease, Target } from './target.ts';

/** Whether anything is there: what was deleted does not run, though its record says who deleted it. */
export function runs(target: Target): target is Target & { readonly running: RunningRelease } {
  return target.running !== undefined && target.running.tree !== null;
}

/** That an app, or anything at all, does not run in an environment; says what does. */
export async function nothingRuns(
  targets: Pick<DriftRecords, 'listOf'>,
  env: string,
  app?: string,
): Promise<NotFoundError> {
  const there = (await targets.listOf(env)).filter(runs).map((target) => target.app);
  const what = app === undefined ? 'Nothing runs' : `'${app}' does not run`;
  return new NotFoundError('nothing-runs', `${what} in '${env}'; what runs there: ${listNames(there)}.`);
}
