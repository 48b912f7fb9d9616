import { ConflictError } from '../errors/errors.ts';
import type { Mark, ResendPolicy } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Artifact, ArtifactContent, Pusher } from './artifact.ts';
import { artifactDigest } from './parse-artifact.ts';

export interface AcceptingStore {
  /** Consistent; undefined when there is none. */
  get(id: string): Promise<Artifact | undefined>;
  /** Takes the next place among the artifacts of a repository. */
  nextOrder(repositoryName: string): Promise<number>;
  /**
   * Stores it: body first, then what it is found by, last the record that makes it exist. False when an artifact
   * of that id existed by then.
   */
  create(artifact: Artifact, receivedAt: number, mark: Mark): Promise<boolean>;
}

export interface AcceptPorts {
  readonly store: AcceptingStore;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
}

export interface Acceptance {
  readonly artifact: Artifact;
  /** False when the very same artifact was there already. */
  readonly created: boolean;
}

/**
 * Stores an artifact once. The id is the idempotency key: the same content again is answered with what is stored,
 * other content under the same id is refused. `now` in unix milliseconds.
 * @throws ConflictError `artifact-differs` with both digests.
 */
export async function acceptArtifact(
  ports: AcceptPorts,
  content: ArtifactContent,
  context: { readonly now: number; readonly correlationId?: string; readonly pushedBy?: Pusher },
): Promise<Acceptance> {
  const digest = artifactDigest(content);
  const known = await ports.store.get(content.id);
  if (known) return repeated(known, digest);

  const order = await ports.store.nextOrder(content.version.repositoryName);
  const { now, pushedBy } = context;
  const artifact: Artifact = {
    ...content,
    created: Math.floor(now / 1000),
    digest,
    order,
    ...(pushedBy && { pushedBy }),
  };
  const mark = arrivalMark(artifact, context, ports.resend);
  if (!(await ports.store.create(artifact, context.now, mark))) {
    const winner = await ports.store.get(content.id);
    if (!winner) throw new Error(`artifact ${content.id} exists and can't be read`);
    return repeated(winner, digest);
  }
  await ports.outbox.send({ itemId: artifact.id, mark });
  return { artifact, created: true };
}

function repeated(stored: Artifact, digest: string): Acceptance {
  if (stored.digest === digest) return { artifact: stored, created: false };
  throw new ConflictError(
    'artifact-differs',
    `An artifact with the id '${stored.id}' is stored with other content (digest ${stored.digest}; this one has ${digest}). Give this one an id of its own.`,
    { data: { stored: stored.digest, sent: digest } },
  );
}

function arrivalMark(
  artifact: Artifact,
  { now, correlationId }: { readonly now: number; readonly correlationId?: string },
  resend: ResendPolicy,
): Mark {
  const message = {
    type: 'artifact',
    artifactId: artifact.id,
    ...(correlationId && { correlationId }),
  } as const;
  return newMark({ queue: 'events', message, version: 1 }, now, resend);
}
