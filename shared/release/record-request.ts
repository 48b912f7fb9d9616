import { createHash } from 'node:crypto';
import type { Version } from '../artifact/artifact.ts';
import { canonicalJson } from '../artifact/canonical-json.ts';
import { ConflictError, UnprocessableError } from '../errors/errors.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import type { Mark, ResendPolicy } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import { type PlacedHold, placeHold, takeBackHold } from './place-hold.ts';
import { placeInLine } from './place-in-line.ts';
import type { ControlsReader, Requests, Targets } from './ports.ts';
import { releaseId, type TargetName } from './release.ts';
import type { ReleaseRequest, RequestedTarget, RequestKind } from './request.ts';
import { requestGates } from './request-gates.ts';
import type { Settings } from './settings.ts';

export interface RecordPorts {
  readonly targets: Targets;
  readonly requests: Requests;
  readonly controls: ControlsReader;
  readonly settings: Settings;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  /** A new unguessable id. */
  readonly newId: () => string;
}

export interface RequestContext {
  readonly triggeredBy: string;
  /** Of whoever asks. */
  readonly callerId?: string;
  readonly idempotencyKey?: string;
  readonly correlationId?: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Throws when whoever asks may not do it to a target: asked of each before anything is written. */
  readonly check?: (target: TargetName) => void;
}

/** What is asked for, as it was sent; with an idempotency key the same again is the same request. */
export interface Asked {
  readonly kind: RequestKind;
  readonly env: string;
  readonly app?: string;
  /** Why freezes are not to bind it; whoever asks must be allowed to say so. */
  readonly overrideFreeze?: string;
}

/** One release that is wanted, found and checked by itself. */
export interface Wanted extends TargetName {
  readonly artifactId: string;
  readonly manifestIndex: number;
  readonly version: Version;
  /** Of an artifact that is released: from now on no older one is released here automatically. */
  readonly artifactOrder?: number;
  readonly basis?: string;
  /** Why automation is to be held; without it, it is not. */
  readonly holdReason?: string;
}

/**
 * Records a request once, after `find` has checked it in full; its releases are made from the record. Holds are there
 * before it, so that an artifact that arrives in between can't undo it, and go again when it is refused.
 * @throws what `find` throws; ConflictError `restricted`, `frozen` when operators' controls forbid it;
 *   UnprocessableError when the idempotency key was used for something else.
 */
export async function recordRequest(
  ports: RecordPorts,
  asked: Asked,
  context: RequestContext,
  find: () => Promise<readonly Wanted[]>,
): Promise<ReleaseRequest> {
  const id = requestId(ports, context);
  const digest = createHash('sha256').update(canonicalJson(asked)).digest('hex');
  const known = context.idempotencyKey === undefined ? undefined : await ports.requests.get(id);
  if (known) {
    for (const target of known.targets) context.check?.(target);
    return sameRequest(known, digest);
  }

  const wanted = await find();
  for (const target of wanted) context.check?.(target);
  await checkGates(ports, asked, wanted, context);
  const holds = await placeHolds(ports, wanted, id, context);
  try {
    const targets = await Promise.all(wanted.map((one) => takeOrder(ports, one, id, context.now)));
    return await put(ports, asked, { id, digest, targets }, context);
  } catch (error) {
    // Where it is not known whether it was recorded, it stays held: a person may lift what nobody asked for.
    if (error instanceof GimletdError && !error.retryable) {
      for (const hold of holds) await takeBackHold(ports.targets, hold);
    }
    throw error;
  }
}

/** With a key the id is made of it, so that asking twice is asking once. */
function requestId({ newId }: RecordPorts, { triggeredBy, idempotencyKey }: RequestContext): string {
  if (idempotencyKey === undefined) return `req-${newId()}`;
  const hash = createHash('sha256')
    .update(JSON.stringify([triggeredBy, idempotencyKey]))
    .digest('hex');
  return `req-${hash.slice(0, 24)}`;
}

function sameRequest(stored: ReleaseRequest, digest: string): ReleaseRequest {
  if (stored.digest === digest) return stored;
  throw new UnprocessableError(
    'idempotency-key-reused',
    'This Idempotency-Key was used for another request. Use a new key for each thing that you ask for.',
  );
}

const DONE = {
  release: 'released to',
  promote: 'released to',
  rollback: 'rolled back in',
  delete: 'deleted from',
} as const;

async function checkGates(
  { controls }: RecordPorts,
  { kind, overrideFreeze }: Asked,
  wanted: readonly Wanted[],
  { now }: RequestContext,
): Promise<void> {
  for (const one of wanted) {
    const { app, env } = one;
    const gates = requestGates({ kind, overrideFreeze }, one, await controls.read(env), now);
    if (gates.outcome !== 'open') {
      const fix = gates.outcome === 'frozen' ? ' If it must be now, say why: --override-freeze REASON.' : '';
      throw new ConflictError(
        gates.outcome,
        `'${app}' can't be ${DONE[kind]} '${env}': ${gates.reason}.${fix}`,
      );
    }
  }
}

/** Going back is meant to last: automation would undo it with the next artifact. */
async function placeHolds(
  ports: RecordPorts,
  wanted: readonly Wanted[],
  requestId: string,
  { triggeredBy, now }: RequestContext,
): Promise<PlacedHold[]> {
  const placed = wanted.map(async ({ app, env, holdReason }) => {
    if (holdReason === undefined) return undefined;
    const hold = { id: `hold-${requestId}`, owner: triggeredBy, reason: holdReason, since: now };
    return placeHold(ports, { app, env }, hold);
  });
  return (await Promise.all(placed)).filter((hold) => hold !== undefined);
}

/**
 * Orders are taken before the request is recorded: what is asked for outranks all that came before the asking, and
 * a request that is executed twice finds its orders in its record. One that is never recorded leaves a gap.
 */
async function takeOrder(
  { targets, settings }: RecordPorts,
  wanted: Wanted,
  id: string,
  now: number,
): Promise<RequestedTarget> {
  const { app, env, artifactId, manifestIndex, version, artifactOrder, basis } = wanted;
  const target = { app, env };
  const release = releaseId(artifactId, target, `request:${id}`);
  const inLine = placeInLine(settings, target, { releaseId: release, takenAt: now });
  const order =
    artifactOrder === undefined
      ? await targets.allocateNext(target, inLine)
      : await targets.allocateManual(target, version.repositoryName, artifactOrder, inLine);
  return {
    ...target,
    artifactId,
    manifestIndex,
    order,
    ...(inLine && { inLine: true }),
    releaseId: release,
    ...(basis !== undefined && { basis }),
  };
}

async function put(
  ports: RecordPorts,
  { kind, env, app, overrideFreeze }: Asked,
  made: Pick<ReleaseRequest, 'id' | 'digest' | 'targets'>,
  { triggeredBy, callerId, correlationId, now }: RequestContext,
): Promise<ReleaseRequest> {
  const request: ReleaseRequest = {
    ...made,
    kind,
    env,
    ...(app !== undefined && { app }),
    triggeredBy,
    ...(callerId !== undefined && { callerId }),
    ...(overrideFreeze !== undefined && { overrideFreeze }),
    requestedAt: now,
    ...(correlationId !== undefined && { correlationId }),
    state: 'accepted',
  };
  const mark = requestMark(request, ports.resend);
  const stored = await ports.requests.putOnce(request, mark);
  await ports.outbox.send({ itemId: stored.id, mark });
  return sameRequest(stored, request.digest);
}

function requestMark({ id, correlationId, requestedAt }: ReleaseRequest, resend: ResendPolicy): Mark {
  const message = {
    type: 'request',
    requestId: id,
    ...(correlationId !== undefined && { correlationId }),
  } as const;
  return newMark({ queue: 'events', message, version: 1 }, requestedAt, resend);
}
