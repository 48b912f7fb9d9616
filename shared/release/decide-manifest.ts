import type { Artifact } from '../artifact/artifact.ts';
import type { Letter } from '../messages/outbox.ts';
import type { Decision } from '../policy/decision.ts';
import {
  type Evaluation,
  evaluateManifest,
  type Promotion,
  type TargetState,
} from '../policy/evaluate-manifest.ts';
import type { ManifestTarget } from '../policy/manifest-target.ts';
import { type ReleaseRate, releaseShareMs } from '../policy/release-rate.ts';
import type { Person } from './approval.ts';
import { type CreateReleasePorts, createRelease } from './create-release.ts';
import { placeInLine } from './place-in-line.ts';
import type { Decisions, RateShare, Targets } from './ports.ts';
import { releaseId, type TargetName } from './release.ts';
import { gitOpsLocation, type Settings } from './settings.ts';
import type { OrderAllocation, WaitingArtifact } from './target.ts';
import { targetMark } from './target-mark.ts';

export interface DecideManifestPorts extends CreateReleasePorts {
  readonly decisions: Decisions;
  readonly targets: Targets;
  readonly settings: Settings;
}

/** What asks for a decision on one manifest of an artifact. */
export interface Question {
  readonly artifact: Artifact;
  readonly target: ManifestTarget;
  /** `arrival`, `resume:<what it had waited for>`, `promotion:<release>`. */
  readonly cause: string;
  readonly promotion?: Promotion;
  readonly branchDeletedAt?: number;
  /** Who has it decided once more. */
  readonly askedBy?: readonly Person[];
  readonly correlationId?: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The cause of what is evaluated as soon as it is there. */
export const ARRIVAL = 'arrival';

/**
 * Decides once for a cause, and does what was decided: makes the release, or notes what is waited for. What was
 * decided before is final; then only what is missing of it is done.
 */
export async function decideManifest(
  ports: DecideManifestPorts,
  question: Question,
  state: () => TargetState,
): Promise<Decision> {
  const { artifact, target, cause } = question;
  const known = await ports.decisions.find(artifact.id, cause, target.index);
  const decision = known ?? (await decideOnce(ports, question, state()));
  await ports.outbox.send(...(await carryOut(ports, question, decision)));
  return decision;
}

/** Evaluates, and puts down what was decided; nothing is done yet. */
async function decideOnce(
  ports: Pick<DecideManifestPorts, 'decisions' | 'targets' | 'settings'>,
  question: Question,
  state: TargetState,
): Promise<Decision> {
  const decision = await conclude(ports, question, state);
  const [stored = decision] = await ports.decisions.putOnce([decision], question.target.index);
  return stored;
}

/** Does what a decision says, as far as it is not done; answers what is to be sent for it. */
export async function carryOut(
  ports: DecideManifestPorts,
  question: Question,
  decision: Decision,
): Promise<readonly Letter[]> {
  const { release, waitsFor } = decision;
  if (waitsFor) await waitFor(ports, question, { ...decision, waitsFor });
  return release ? releaseDecided(ports, question, decision, release) : [];
}

/**
 * Evaluates, and takes the order of what is to be released; it counts when it has been put down. Where automation may
 * release only so often and others took of that meanwhile, it evaluates again.
 */
export async function conclude(
  ports: Pick<DecideManifestPorts, 'targets' | 'settings'>,
  question: Question,
  state: TargetState,
): Promise<Decision> {
  const { artifact, target, cause, promotion, branchDeletedAt, now } = question;
  const asked = {
    ...{ artifact, target, ...state, now },
    ...(promotion && { promotion }),
    ...(branchDeletedAt !== undefined && { branchDeletedAt }),
  };
  for (let rate = state.rate; ; ) {
    const evaluation = evaluateManifest({ ...asked, ...(rate && { rate }) });
    const decision = { artifactId: artifact.id, cause, decidedAt: now, ...evaluation };
    if (!isReleased(evaluation)) return decision;
    const place = await takeOrder(ports, question, decision, rate);
    if (!('automationTakenUntil' in place)) return withOrder(question, decision, place);
    const { automationTakenUntil: takenUntil } = place;
    rate = rate && { perHour: rate.perHour, ...(takenUntil !== undefined && { takenUntil }) };
  }
}

/** What came of asking for an order, for the release of that id. */
type Place = OrderAllocation & { readonly id: string; readonly inLine: boolean };

function isReleased({ outcome }: Evaluation): boolean {
  return outcome === 'released' || outcome === 'awaitingApproval';
}

type Evaluated = Evaluation & Omit<Decision, keyof Evaluation>;

async function takeOrder(
  { targets, settings }: Pick<DecideManifestPorts, 'targets' | 'settings'>,
  { artifact, cause, now }: Question,
  decision: Evaluated,
  rate: ReleaseRate | undefined,
): Promise<Place> {
  const target: TargetName = { app: decision.app, env: decision.env };
  const { repositoryName } = artifact.version;
  const id = releaseId(artifact.id, target, cause);
  const inLine = placeInLine(settings, target, { releaseId: id, takenAt: now });
  const share = rate && shareOf(rate, now);
  const allocation =
    cause === ARRIVAL
      ? await targets.allocateAutomatic(target, repositoryName, artifact.order, inLine, share)
      : await targets.allocateAgain(target, repositoryName, artifact.order, inLine, share);
  return { ...allocation, id, inLine: inLine !== undefined };
}

/** The last condition: no newer artifact of the repository was released to the target before. */
function withOrder(
  { artifact, target: { index } }: Question,
  decision: Evaluated,
  place: Exclude<Place, { automationTakenUntil: unknown }>,
): Decision {
  const target: TargetName = { app: decision.app, env: decision.env };
  const { repositoryName } = artifact.version;
  const condition = {
    name: 'order',
    holds: place.granted,
    wanted: `the newest artifact of ${repositoryName} in ${target.env}/${target.app}`,
    saw: place.granted
      ? `number ${artifact.order}`
      : `number ${artifact.order}, after ${place.newestArtifactOrder}`,
  } as const;
  const conditions = [...decision.conditions, condition];
  if (place.granted) {
    const { id, order, inLine } = place;
    const release = { id, order, manifestIndex: index, ...(inLine && { inLine: true }) };
    return { ...decision, conditions, release };
  }
  const sentence = `a newer artifact of ${repositoryName} was released to ${target.env}/${target.app} already`;
  return { ...decision, outcome: 'superseded', conditions, sentence };
}

/** What was taken long ago is free again: it is not saved up. */
function shareOf(rate: ReleaseRate, now: number): RateShare {
  const { takenUntil } = rate;
  const until = Math.max(takenUntil ?? 0, now) + releaseShareMs(rate);
  return { until, ...(takenUntil !== undefined && { seen: takenUntil }) };
}

function releaseDecided(
  ports: DecideManifestPorts,
  { artifact, cause, now, correlationId, askedBy = [] }: Question,
  decision: Decision,
  release: NonNullable<Decision['release']>,
): Promise<readonly Letter[]> {
  return createRelease(
    ports,
    {
      id: release.id,
      change: { kind: 'deploy' },
      app: decision.app,
      env: decision.env,
      artifactId: artifact.id,
      artifactDigest: artifact.digest,
      artifactOrder: artifact.order,
      manifestIndex: release.manifestIndex,
      version: artifact.version,
      cause,
      automatic: true,
      triggeredBy: 'policy',
      askedBy: [...askedBy, ...(artifact.pushedBy ? [artifact.pushedBy] : [])].map(({ id, name }) => ({
        id,
        name,
      })),
      ...(decision.policy !== undefined && { policy: decision.policy }),
      reason: decision.sentence,
      order: release.order,
      ...(release.inLine === true && { inLine: true }),
      location: gitOpsLocation(ports.settings, decision.env),
      ...(artifact.pushedBy &&
        decision.policy === 'manifest' && {
          authority: { callerId: artifact.pushedBy.id, action: 'artifact:push' },
        }),
      ...(correlationId !== undefined && { correlationId }),
      ...(cause === ARRIVAL && { acceptedAt: artifact.created * 1000 }),
    },
    now,
  );
}

/**
 * Of a repository's artifacts the newest waits; of an older one it is said at once that it will not be released. The
 * target is looked after soon in any case: what stood in the way may be over already.
 */
async function waitFor(
  ports: DecideManifestPorts,
  { artifact, target: { index }, promotion, now }: Question,
  decision: Decision & Required<Pick<Decision, 'waitsFor'>>,
): Promise<void> {
  const { targets, resend } = ports;
  const target: TargetName = { app: decision.app, env: decision.env };
  const { repositoryName } = artifact.version;
  const waiting: WaitingArtifact = {
    artifactId: artifact.id,
    artifactOrder: artifact.order,
    manifestIndex: index,
    waitsFor: decision.waitsFor,
    ...(promotion && { promotion }),
  };
  const before = (await targets.get(target)).waiting[repositoryName];
  if (before && before.artifactOrder < artifact.order)
    await supersede(ports, target, before, artifact.id, now);
  const dueAt = Math.min(now + resend.firstMs, decision.waitsFor.until ?? Number.POSITIVE_INFINITY);
  const outcome = await targets.wait(target, repositoryName, waiting, targetMark(target, dueAt, now));
  if (outcome === 'superseded') await supersede(ports, target, waiting, 'one that came after it', now);
}

async function supersede(
  { decisions }: DecideManifestPorts,
  { app, env }: TargetName,
  waiting: WaitingArtifact,
  by: string,
  now: number,
): Promise<void> {
  const decision: Decision = {
    artifactId: waiting.artifactId,
    app,
    env,
    cause: resumeCause(waiting),
    outcome: 'superseded',
    conditions: [],
    sentence: `a newer artifact, ${by}, waits for ${env}/${app} in its place`,
    decidedAt: now,
  };
  await decisions.putOnce([decision], waiting.manifestIndex);
}

/** The cause of the decision that follows when the wait is over. */
export function resumeCause({ waitsFor }: Pick<WaitingArtifact, 'waitsFor'>): string {
  return `resume:${waitsFor.id}`;
}
