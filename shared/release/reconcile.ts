import { NotFoundError, UnprocessableError } from '../errors/errors.ts';
import type { DriftRecords } from './ports.ts';
import type { RequestContext } from './record-request.ts';
import type { TargetName } from './release.ts';
import type { ReleaseRequest } from './request.ts';
import { type RequestPorts, requestRelease } from './request-release.ts';
import type { Drift, Target } from './target.ts';

export interface ReconcilePorts extends RequestPorts {
  readonly drift: DriftRecords & {
    /** Takes what was found for what is wanted; false when that changed meanwhile. */
    adoptDrift(target: TargetName, drift: Drift): Promise<boolean>;
  };
}

/** How a drift is settled: write what we had released again, or take what was found for what is wanted. */
export type ReconcileMode = 'reapply' | 'adopt';

export interface DriftedTarget extends Target {
  readonly drift: Drift;
}

/** The drifted targets of an environment, by app. */
export async function listDrifts(drift: DriftRecords, env: string, app?: string): Promise<DriftedTarget[]> {
  const targets = await drift.listOf(env);
  return targets
    .filter((target): target is DriftedTarget => target.drift !== undefined)
    .filter((target) => app === undefined || target.app === app)
    .sort((a, b) => (a.app < b.app ? -1 : 1));
}

/**
 * Settles the drifts of an environment, or of one app in it; answers the requests that were made for it.
 * @throws NotFoundError `nothing-drifted`; UnprocessableError `drift-changed` when it is not what it was any more;
 *   and whatever a release by hand is refused for.
 */
export async function reconcile(
  ports: ReconcilePorts,
  what: { readonly env: string; readonly app?: string; readonly mode: ReconcileMode },
  context: Omit<RequestContext, 'idempotencyKey'>,
): Promise<ReleaseRequest[]> {
  const drifted = await listDrifts(ports.drift, what.env, what.app);
  if (drifted.length === 0) {
    const where = what.app === undefined ? what.env : `${what.env}/${what.app}`;
    throw new NotFoundError('nothing-drifted', `Nothing has drifted in ${where}.`);
  }
  for (const target of drifted) context.check?.(target);
  const requests: ReleaseRequest[] = [];
  for (const target of drifted) {
    if (what.mode === 'adopt') await adopt(ports, target);
    else requests.push(await reapply(ports, target, context));
  }
  return requests;
}

async function adopt({ drift }: ReconcilePorts, target: DriftedTarget): Promise<void> {
  if (await drift.adoptDrift(target, target.drift)) return;
  throw new UnprocessableError(
    'drift-changed',
    `${target.env}/${target.app} has changed since it was looked at: look again.`,
  );
}

function reapply(
  ports: ReconcilePorts,
  { app, env, running }: DriftedTarget,
  context: Omit<RequestContext, 'idempotencyKey'>,
): Promise<ReleaseRequest> {
  if (!running) throw new Error(`${env}/${app} has drifted from nothing`);
  return requestRelease(ports, { artifactId: running.artifactId, env, app }, context);
}
