import { ConflictError, NotFoundError } from '../errors/errors.ts';
import type { ResendPolicy } from '../messages/mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Evaluation } from '../policy/evaluate-manifest.ts';
import type { Hold } from '../policy/gates.ts';
import { liftedNotice, placedNotice } from './hold-notice.ts';
import { evaluateWaiting } from './look-after-target.ts';
import type { ArtifactReader, Targets } from './ports.ts';
import type { TargetName } from './release.ts';
import type { Target, WaitingArtifact } from './target.ts';
import { targetMark } from './target-mark.ts';
import { readStates, type StatePorts } from './target-state.ts';

export interface HoldPorts extends StatePorts {
  readonly artifacts: ArtifactReader;
  readonly targets: Pick<Targets, 'get' | 'getMany' | 'hold' | 'liftHold'>;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
}

/** What waits for a target, and what would become of it if the hold ended now. */
export interface Awaiting {
  readonly artifactId: string;
  readonly evaluation: Evaluation;
}

export interface HeldTarget extends TargetName {
  readonly hold: Hold;
  readonly waiting: readonly Awaiting[];
}

/** Holds automation of a target. @throws NotFoundError `target-not-found`. */
export async function holdTarget(ports: HoldPorts, name: TargetName, hold: Hold): Promise<HeldTarget> {
  const target = await knownTarget(ports, name);
  const mark = targetMark(name, hold.since + ports.resend.firstMs, hold.since);
  await ports.targets.hold(name, hold, mark, placedNotice(name, hold));
  await ports.outbox.send({ itemId: `${name.env}/${name.app}`, mark });
  return { ...name, hold, waiting: await awaiting(ports, target, hold.since) };
}

/** @throws NotFoundError `target-not-found`, `not-held`. */
export async function showHold(ports: HoldPorts, name: TargetName, now: number): Promise<HeldTarget> {
  const target = await knownTarget(ports, name);
  const hold = activeHold(target, now);
  return { ...name, hold, waiting: await awaiting(ports, target, now) };
}

/**
 * Ends a hold; what waited is evaluated again, by the policy function, unless it is to be forgotten.
 * @throws NotFoundError `target-not-found`, `not-held`; ConflictError `hold-changed` when another was put meanwhile.
 */
export async function resumeTarget(
  ports: HoldPorts,
  name: TargetName,
  { release, by, now }: { readonly release: boolean; readonly by: string; readonly now: number },
): Promise<HeldTarget> {
  const held = await showHold(ports, name, now);
  const mark = targetMark(name, now + ports.resend.firstMs, now);
  const notice = liftedNotice(name, held.hold, { by, at: now });
  const options = { mark, notice, ...(!release && ({ drop: true } as const)) };
  const lifted = await ports.targets.liftHold(name, held.hold.id, options);
  if (!lifted)
    throw new ConflictError('hold-changed', 'Somebody changed the hold right now: look at it again.');
  await ports.outbox.send({ itemId: `${name.env}/${name.app}`, mark });
  return release ? held : { ...held, waiting: [] };
}

async function knownTarget({ targets }: HoldPorts, name: TargetName): Promise<Target> {
  const target = await targets.get(name);
  if (target.lastOrder > 0 || target.hold || Object.keys(target.waiting).length > 0) return target;
  throw unknownTarget(name);
}

export function unknownTarget({ env, app }: TargetName): NotFoundError {
  return new NotFoundError(
    'target-not-found',
    `Nothing was ever released to ${env}/${app}. \`gimlet release status --env ${env}\` shows what runs there.`,
  );
}

function activeHold({ app, env, hold }: Target, now: number): Hold {
  if (hold && (hold.until === undefined || hold.until > now)) return hold;
  throw new NotFoundError('not-held', `Automation of ${env}/${app} is not held.`);
}

async function awaiting(ports: HoldPorts, target: Target, now: number): Promise<Awaiting[]> {
  const waiting = Object.values(target.waiting);
  if (waiting.length === 0) return [];
  const stateOf = await readStates(ports, [target]);
  const state = { ...stateOf(target), hold: undefined };
  const evaluate = async (one: WaitingArtifact): Promise<Awaiting[]> => {
    const artifact = await ports.artifacts.get(one.artifactId);
    if (!artifact) return [];
    return [{ artifactId: artifact.id, evaluation: evaluateWaiting(artifact, one, state, now) }];
  };
  return (await Promise.all(waiting.map(evaluate))).flat();
}
