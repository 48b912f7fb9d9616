import type { DriftRecords } from './ports.ts';
import { type Asked, type RequestContext, recordRequest, type Wanted } from './record-request.ts';
import type { ReleaseRequest } from './request.ts';
import { type FindReleasesPorts, type RequestPorts, unknownArtifact, wantedOf } from './request-release.ts';
import { nothingRuns, runs } from './running.ts';
import type { RunningRelease, Target } from './target.ts';

export interface FindPromotionsPorts extends FindReleasesPorts {
  readonly drift: Pick<DriftRecords, 'listOf'>;
}

export interface PromotionPorts extends RequestPorts, FindPromotionsPorts {
  readonly artifacts: RequestPorts['artifacts'];
  readonly targets: RequestPorts['targets'];
}

/** Of one app, or of all that run in `from`; `env` is where they go. */
export interface PromotionOrder extends Omit<Asked, 'kind'> {
  readonly from: string;
}

/**
 * Asks for what runs in one environment to be released to another.
 * @throws NotFoundError `nothing-runs`, and what a release of those artifacts is refused for.
 */
export function requestPromotion(
  ports: PromotionPorts,
  order: PromotionOrder,
  context: RequestContext,
): Promise<ReleaseRequest> {
  return recordRequest(ports, { kind: 'promote', ...order }, context, () => findPromotions(ports, order));
}

/** What a promotion would release, checked in full; nothing is written. @throws as `requestPromotion`. */
export async function findPromotions(ports: FindPromotionsPorts, order: PromotionOrder): Promise<Wanted[]> {
  const running = await runningIn(ports, order);
  const wanted = running.map(async ({ app, running: { artifactId } }) => {
    const artifact = await ports.artifacts.get(artifactId);
    if (!artifact) throw unknownArtifact(artifactId);
    return wantedOf(ports.targets, artifact, { env: order.env, app });
  });
  return (await Promise.all(wanted)).flat();
}

async function runningIn(
  { targets, drift }: FindPromotionsPorts,
  { from, app }: PromotionOrder,
): Promise<(Target & { readonly running: RunningRelease })[]> {
  const found = app === undefined ? await drift.listOf(from) : [await targets.get({ app, env: from })];
  const running = found.filter(runs);
  if (running.length === 0) throw await nothingRuns(drift, from, app);
  return running;
}
