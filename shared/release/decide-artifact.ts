import type { Artifact } from '../artifact/artifact.ts';
import { inParallel } from '../concurrency/in-parallel.ts';
import type { Decision } from '../policy/decision.ts';
import { NO_CONTROLS } from '../policy/gates.ts';
import { type ManifestTarget, manifestTargets } from '../policy/manifest-target.ts';
import type { Person } from './approval.ts';
import { type Branches, branchMark, sourceBranch } from './branch.ts';
import { ARRIVAL, carryOut, conclude, type DecideManifestPorts, type Question } from './decide-manifest.ts';
import type { ArrivedArtifacts, UndecidedArtifact } from './ports.ts';
import { replayCause } from './replay-artifact.ts';
import { releaseMode } from './settings.ts';
import { readStates, type StatePorts } from './target-state.ts';

export interface DecidePorts extends DecideManifestPorts, StatePorts {
  readonly branches: Pick<Branches, 'get' | 'notePreview'>;
  readonly artifacts: ArrivedArtifacts;
  readonly settings: DecideManifestPorts['settings'];
  readonly targets: DecideManifestPorts['targets'];
}

interface Asked {
  /** Of an operator's request to decide once more. */
  readonly replay?: string | undefined;
  readonly replayedBy?: Person | undefined;
  readonly correlationId?: string | undefined;
}

const PARALLEL = 20;
const PATIENT_SENDS = 4;

/**
 * Decides what an arrived artifact releases, and creates those releases. What was decided before is final: a second
 * call evaluates nothing, it creates what is still missing. Undefined when there is no such artifact. For an
 * environment that keeps all, those that were accepted before it are decided first, however queues shuffle: decided
 * later, they would be too late.
 */
export async function decideArtifact(
  ports: DecidePorts,
  message: Asked & { readonly artifactId: string },
  now: number,
): Promise<readonly Decision[] | undefined> {
  const artifact = await ports.artifacts.get(message.artifactId);
  if (!artifact) return undefined;
  const targets = manifestTargets(artifact);
  if (targets.some(({ env }) => releaseMode(ports.settings, env) === 'keep-all')) {
    for (const earlier of await ports.artifacts.undecidedBefore(artifact)) {
      await decideEarlier(ports, earlier, now);
    }
  }
  return decide(ports, { artifact, targets }, message, now);
}

/** One that can't be decided again and again holds up none that came after it. */
async function decideEarlier(ports: DecidePorts, earlier: UndecidedArtifact, now: number): Promise<void> {
  try {
    const artifact = await ports.artifacts.get(earlier.artifactId);
    if (artifact) await decide(ports, { artifact, targets: manifestTargets(artifact) }, earlier, now);
  } catch (error) {
    if (earlier.sends < PATIENT_SENDS) throw error;
  }
}

async function decide(
  ports: DecidePorts,
  { artifact, targets }: { readonly artifact: Artifact; readonly targets: readonly ManifestTarget[] },
  { correlationId, replay, replayedBy }: Asked,
  now: number,
): Promise<readonly Decision[]> {
  const cause = replay === undefined ? ARRIVAL : replayCause(replay);
  const branchDeletedAt = await deletionOf(ports, artifact, now);
  const resolved = targets.filter((target) => target.known);
  const [stateOf, known] = await Promise.all([
    readStates(ports, resolved),
    ports.decisions.listOfCause(artifact.id, cause),
  ]);
  // A manifest whose target is not known can't be released, so nothing that is kept for targets concerns it.
  const nothingKept = { policies: [], hold: undefined, controls: NO_CONTROLS };
  const questions: Question[] = targets.map((target) => ({
    artifact,
    target,
    cause,
    now,
    ...(branchDeletedAt !== undefined && { branchDeletedAt }),
    ...(replayedBy && { askedBy: [replayedBy] }),
    ...(correlationId !== undefined && { correlationId }),
  }));
  const decisions = [...known];
  if (known.length < questions.length) {
    const concluded = await inParallel(questions.slice(known.length), PARALLEL, (question) =>
      conclude(ports, question, question.target.known ? stateOf(question.target) : nothingKept),
    );
    decisions.push(...(await ports.decisions.putOnce(concluded, known.length)));
  }
  // All releases are made before the first is sent, or renderers would take the table's time from them.
  const letters = await inParallel(decisions, PARALLEL, async (decision, index) => {
    const question = questions[index];
    return question ? carryOut(ports, question, decision) : [];
  });
  await ports.outbox.send(...letters.flat());
  await ports.artifacts.markDecided(artifact);
  return decisions;
}

/** When the artifact's branch was deleted, if it was; of one that is there its previews' time begins anew. */
async function deletionOf(
  { branches, settings }: DecidePorts,
  { version, environments }: Artifact,
  now: number,
): Promise<number | undefined> {
  const name = sourceBranch(version);
  if (name === undefined) return undefined;
  const known = await branches.get(name);
  if (known?.deletedAt !== undefined) return known.deletedAt;
  if (environments.some(({ preview }) => preview === true)) {
    const ends = now + settings.previewMaxAgeDays * DAY;
    await branches.notePreview(name, now, branchMark(name, ends, now));
  }
  return undefined;
}

const DAY = 86_400_000;
