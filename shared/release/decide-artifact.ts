import { inParallel } from '../concurrency/in-parallel.ts';
import type { Decision } from '../policy/decision.ts';
import { NO_CONTROLS } from '../policy/gates.ts';
import { manifestTargets } from '../policy/manifest-target.ts';
import { ARRIVAL, type DecideManifestPorts, decideManifest } from './decide-manifest.ts';
import type { ArrivedArtifacts } from './ports.ts';
import { readStates, type StatePorts } from './target-state.ts';

export interface DecidePorts extends DecideManifestPorts, StatePorts {
  readonly artifacts: ArrivedArtifacts;
  readonly targets: DecideManifestPorts['targets'];
}

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
  const targets = manifestTargets(artifact);
  const stateOf = await readStates(
    ports,
    targets.filter(({ known }) => known),
  );
  // A manifest whose target is not known can't be released, so nothing that is kept for targets concerns it.
  const nothingKept = { policies: [], hold: undefined, controls: NO_CONTROLS };
  const decisions = await inParallel(targets, PARALLEL, (target) => {
    const asked = {
      artifact,
      target,
      cause: ARRIVAL,
      now,
      ...(correlationId !== undefined && { correlationId }),
    };
    return decideManifest(ports, asked, () => (target.known ? stateOf(target) : nothingKept));
  });
  await ports.artifacts.markDecided(artifact);
  return decisions;
}
