import type { Artifact } from '../artifact/artifact.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Person } from './approval.ts';
import type { ArtifactReader } from './ports.ts';
import { unknownArtifact } from './request-release.ts';

export interface ReplayPorts {
  readonly artifacts: ArtifactReader;
  readonly outbox: Outbox;
  readonly clock: () => number;
}

export interface ReplayContext {
  readonly id: string;
  readonly by: Person;
  readonly correlationId: string;
  /** Throws when whoever asks may not have it decided again: asked before anything is sent. */
  readonly check?: (artifact: Artifact) => void;
}

/** The cause of decisions that somebody asked for again. */
export function replayCause(id: string): string {
  return `replay:${id}`;
}

/**
 * Has an artifact decided once more, under today's policies and controls: what was decided on its arrival stays on
 * record, and releases follow from the new decisions as from any. An operator's request, not a change of state: its
 * message is sent once, and whoever sees no decision asks again.
 * @throws NotFoundError `artifact-not-found`
 */
export async function replayArtifact(
  { artifacts, outbox, clock }: ReplayPorts,
  artifactId: string,
  { id, by, correlationId, check }: ReplayContext,
): Promise<{ readonly artifactId: string; readonly cause: string }> {
  const artifact = await artifacts.get(artifactId);
  if (!artifact) throw unknownArtifact(artifactId);
  check?.(artifact);
  const message = { type: 'artifact', artifactId, replay: id, replayedBy: by, correlationId } as const;
  const now = clock();
  const mark = { queue: 'events', message, version: now, sends: 1, dueAt: now } as const;
  await outbox.send({ itemId: artifactId, mark });
  return { artifactId, cause: replayCause(id) };
}
