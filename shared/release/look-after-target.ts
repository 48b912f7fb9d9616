import type { Artifact } from '../artifact/artifact.ts';
import { type NoticePorts, putNotice } from '../notification/notify.ts';
import { type Evaluation, evaluateManifest, type TargetState } from '../policy/evaluate-manifest.ts';
import { manifestTargets } from '../policy/manifest-target.ts';
import { type Branches, sourceBranch } from './branch.ts';
import { type DecideManifestPorts, decideManifest, resumeCause } from './decide-manifest.ts';
import { liftedNotice } from './hold-notice.ts';
import type { ArtifactReader, Releases } from './ports.ts';
import { promoteRunning } from './promote-running.ts';
import type { TargetName } from './release.ts';
import type { Target, WaitingArtifact } from './target.ts';
import { targetMark } from './target-mark.ts';
import { readStates, type StatePorts } from './target-state.ts';

export interface LookAfterPorts extends DecideManifestPorts, StatePorts {
  readonly branches: Pick<Branches, 'get'>;
  readonly artifacts: ArtifactReader;
  readonly notices: NoticePorts['notices'];
  readonly settings: DecideManifestPorts['settings'];
  readonly targets: DecideManifestPorts['targets'];
  readonly releases: DecideManifestPorts['releases'] & Pick<Releases, 'get'>;
}

/** What has no known end is looked at again after so long, should nobody tell of its end. */
const LOOK_AGAIN_MS = 10 * 60_000;

/** What came of looking after a target. */
export interface Care {
  /** `env/app outcome` of what was decided. */
  readonly decided: readonly string[];
  /** Unix milliseconds of the next time, where it is known. */
  readonly next?: number;
}

/**
 * Ends a hold whose time has come, hands on what is to be told, evaluates again what no longer has to wait, promotes what has run for long
 * enough, and sees to it that it is asked again when the next of these is due.
 */
export async function lookAfterTarget(ports: LookAfterPorts, name: TargetName, now: number): Promise<Care> {
  const target = await endHold(ports, await ports.targets.get(name), now);
  await handOnNotices(ports, target, now);
  const reconsidered: Reconsidered[] = [];
  for (const [repository, waiting] of Object.entries(target.waiting)) {
    reconsidered.push(await reconsider(ports, target, repository, waiting, now));
  }
  const promotions = await promoteRunning(ports, target, now);
  const dues = [...reconsidered, ...promotions.results].flatMap(({ next }) => next ?? []);
  const next = Math.min(...dues, holdEnd(target, now));
  const mark = next === Number.POSITIVE_INFINITY ? undefined : targetMark(name, next, now);
  const after = await ports.targets.get(name);
  await ports.targets.schedule({ ...after, wakeUps: target.wakeUps }, mark, promotions.promotes);
  const decided = [...reconsidered, ...promotions.results].flatMap((result) => result.decided ?? []);
  return mark ? { decided, next } : { decided };
}

/** The target afterwards; as it was, when nothing is over. */
async function endHold({ targets }: LookAfterPorts, target: Target, now: number): Promise<Target> {
  const { hold } = target;
  if (hold?.until === undefined || hold.until > now) return target;
  await targets.liftHold(target, hold.id, { notice: liftedNotice(target, hold, { at: hold.until }) });
  const { notices } = await targets.get(target);
  return { ...target, notices };
}

/** Each is forgotten once it has a record, and a mark, of its own. */
async function handOnNotices(ports: LookAfterPorts, target: Target, now: number): Promise<void> {
  const channels = ports.settings.notifications;
  for (const notice of target.notices) {
    await putNotice({ ...ports, channels }, notice, now);
    await ports.targets.forgetNotice(target, notice.id);
  }
}

interface Reconsidered {
  readonly decided?: string;
  readonly next?: number;
}

async function reconsider(
  ports: LookAfterPorts,
  target: Target,
  repository: string,
  waiting: WaitingArtifact,
  now: number,
): Promise<Reconsidered> {
  const artifact = await ports.artifacts.get(waiting.artifactId);
  if (!artifact) throw new Error(`artifact ${waiting.artifactId}, which waits for a target, is gone`);
  const stateOf = await readStates(ports, [target]);
  const { waitsFor, outcome } = evaluateWaiting(artifact, waiting, stateOf(target), now);
  if (waitsFor?.id === waiting.waitsFor.id) {
    // A hold is lifted on the target itself, so that nothing has to be asked.
    const next = waitsFor.until ?? (outcome === 'held' ? undefined : now + LOOK_AGAIN_MS);
    return next === undefined ? {} : { next };
  }
  const { promotion } = waiting;
  const branch = sourceBranch(artifact.version);
  const branchDeletedAt = branch && (await ports.branches.get(branch))?.deletedAt;
  const manifest = manifestTargets(artifact)[waiting.manifestIndex];
  if (!manifest) throw new Error(`artifact ${artifact.id} has no manifest ${waiting.manifestIndex}`);
  const asked = {
    artifact,
    target: manifest,
    cause: resumeCause(waiting),
    now,
    ...(promotion && { promotion }),
    ...(branchDeletedAt !== undefined && { branchDeletedAt }),
  };
  const decision = await decideManifest(ports, asked, () => stateOf(target));
  if (!decision.waitsFor) await ports.targets.stopWaiting(target, repository, waiting);
  return { decided: `${decision.env}/${decision.app} ${decision.outcome}` };
}

/** What would become of a waiting artifact in a state of its target. */
export function evaluateWaiting(
  artifact: Artifact,
  { manifestIndex, promotion }: WaitingArtifact,
  state: TargetState,
  now: number,
): Evaluation {
  const target = manifestTargets(artifact)[manifestIndex];
  if (!target) throw new Error(`artifact ${artifact.id} has no manifest ${manifestIndex}`);
  return evaluateManifest({ artifact, target, ...state, now, ...(promotion && { promotion }) });
}

function holdEnd({ hold }: Target, now: number): number {
  return hold?.until !== undefined && hold.until > now ? hold.until : Number.POSITIVE_INFINITY;
}
