import type { Artifact } from '../artifact/artifact.ts';
import { inParallel } from '../concurrency/in-parallel.ts';
import type { Decision } from '../policy/decision.ts';
import { type Evaluation, evaluateManifest, type TriggeredTarget } from '../policy/evaluate-manifest.ts';
import type { Controls } from '../policy/gates.ts';
import { type CreateReleasePorts, createRelease } from './create-release.ts';
import type { ArrivedArtifacts, ControlsReader, Decisions, Targets } from './ports.ts';
import { releaseId } from './release.ts';
import { gitOpsLocation, type Settings } from './settings.ts';

export interface DecidePorts extends CreateReleasePorts {
  readonly artifacts: ArrivedArtifacts;
  readonly decisions: Decisions;
  readonly targets: Targets;
  readonly controls: ControlsReader;
  readonly settings: Settings;
}

interface Arrival {
  readonly artifact: Artifact;
  readonly now: number;
  readonly correlationId?: string;
}

const CAUSE = 'arrival';
const PARALLEL = 20;

/**
 * Decides what an arrived artifact releases, and creates those releases. What was decided before is final: a second
 * call evaluates nothing, it creates what is still missing. Undefined when there is no such artifact.
 */
export async function decideArtifact(
  ports: DecidePorts,
  message: { readonly artifactId: string; readonly correlationId?: string | undefined },
  now: number,
): Promise<readonly Decision[] | undefined> {
  const artifact = await ports.artifacts.get(message.artifactId);
  if (!artifact) return undefined;
  const { correlationId } = message;
  const arrival: Arrival = { artifact, now, ...(correlationId !== undefined && { correlationId }) };
  const decisions = await decideManifests(ports, arrival);
  await ports.artifacts.markDecided(artifact);
  return decisions;
}

function decideManifests(ports: DecidePorts, arrival: Arrival): Promise<Decision[]> {
  const controls = rememberControls(ports.controls);
  const indexes = [...arrival.artifact.environments.keys()];
  return inParallel(indexes, PARALLEL, (index) => decideManifest(ports, controls, arrival, index));
}

async function decideManifest(
  ports: DecidePorts,
  controls: ControlsReader,
  arrival: Arrival,
  index: number,
): Promise<Decision> {
  const decided =
    (await ports.decisions.find(arrival.artifact.id, CAUSE, index)) ??
    (await ports.decisions.putOnce(await decide(ports, controls, arrival, index), index));
  if (decided.release) await releaseDecided(ports, arrival, decided, decided.release);
  return decided;
}

async function decide(
  ports: DecidePorts,
  controls: ControlsReader,
  { artifact, now }: Arrival,
  index: number,
): Promise<Decision> {
  const evaluation = await evaluateManifest({
    artifact,
    index,
    controlsOf: async (target) => ({
      hold: (await ports.targets.get(target)).hold,
      controls: await controls.read(target.env),
    }),
    now,
  });
  const decision = { artifactId: artifact.id, cause: CAUSE, decidedAt: now, ...evaluation };
  return evaluation.outcome === 'released' ? takeOrder(ports, artifact, decision, index) : decision;
}

/** The last condition: no newer artifact of the repository was released to the target before. */
async function takeOrder(
  { targets }: DecidePorts,
  artifact: Artifact,
  decision: Evaluation & Omit<Decision, keyof Evaluation>,
  manifestIndex: number,
): Promise<Decision> {
  const target: TriggeredTarget = { app: decision.app, env: decision.env };
  const { repositoryName } = artifact.version;
  const place = await targets.allocateAutomatic(target, repositoryName, artifact.order);
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
    const id = releaseId(artifact.id, target, CAUSE);
    return { ...decision, conditions, release: { id, order: place.order, manifestIndex } };
  }
  const sentence = `a newer artifact of ${repositoryName} was released to ${target.env}/${target.app} already`;
  return { ...decision, outcome: 'superseded', conditions, sentence };
}

async function releaseDecided(
  ports: DecidePorts,
  { artifact, now, correlationId }: Arrival,
  decision: Decision,
  release: NonNullable<Decision['release']>,
): Promise<void> {
  await createRelease(
    ports,
    {
      id: release.id,
      app: decision.app,
      env: decision.env,
      artifactId: artifact.id,
      manifestIndex: release.manifestIndex,
      version: artifact.version,
      cause: CAUSE,
      automatic: true,
      triggeredBy: 'policy',
      ...(decision.policy !== undefined && { policy: decision.policy }),
      reason: decision.sentence,
      order: release.order,
      location: gitOpsLocation(ports.settings, decision.env),
      ...(correlationId !== undefined && { correlationId }),
    },
    now,
  );
}

/** Reads the controls of each environment once for all manifests of an artifact. */
function rememberControls(reader: ControlsReader): ControlsReader {
  const known = new Map<string, Promise<Controls>>();
  return {
    read(env) {
      const controls = known.get(env) ?? reader.read(env);
      known.set(env, controls);
      return controls;
    },
  };
}
