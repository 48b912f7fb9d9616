import { createHash } from 'node:crypto';
import { type Artifact, artifactVariables, builtBranch, manifestsOf } from '../artifact/artifact.ts';
import { canonicalJson } from '../artifact/canonical-json.ts';
import { ConflictError, NotFoundError, UnprocessableError } from '../errors/errors.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import type { Mark, ResendPolicy } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import { passGates } from '../policy/gates.ts';
import { type PlacedHold, placeHold, takeBackHold } from './place-hold.ts';
import type { ArtifactReader, ControlsReader, Requests, Targets } from './ports.ts';
import { releaseId, type TargetName } from './release.ts';
import type { ReleaseRequest, RequestedTarget } from './request.ts';
import type { Target } from './target.ts';

export interface RequestPorts {
  readonly artifacts: ArtifactReader;
  readonly targets: Targets;
  readonly requests: Requests;
  readonly controls: ControlsReader;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  /** A new unguessable id. */
  readonly newId: () => string;
}

export interface ReleaseOrder {
  readonly artifactId: string;
  readonly env: string;
  /** Every app of the environment when absent. */
  readonly app?: string;
  /** Why freezes are not to bind it; whoever asks must be allowed to say so. */
  readonly overrideFreeze?: string;
}

export interface RequestContext {
  readonly triggeredBy: string;
  readonly idempotencyKey?: string;
  readonly correlationId?: string;
  /** Unix milliseconds. */
  readonly now: number;
}

interface Candidate extends TargetName {
  readonly manifestIndex: number;
}

/**
 * Checks in full what a person wants released, and records it once; its releases are made from the record.
 * @throws NotFoundError `artifact-not-found`, `environment-not-found`, `app-not-found` (each says what there is);
 *   UnprocessableError when a manifest can't be resolved or the idempotency key was used for something else;
 *   ConflictError `restricted`, `frozen` when operators' controls forbid it.
 */
export async function requestRelease(
  ports: RequestPorts,
  order: ReleaseOrder,
  context: RequestContext,
): Promise<ReleaseRequest> {
  const id = requestId(ports, context);
  const digest = createHash('sha256').update(canonicalJson(order)).digest('hex');
  const known = context.idempotencyKey === undefined ? undefined : await ports.requests.get(id);
  if (known) return sameRequest(known, digest);

  const artifact = await ports.artifacts.get(order.artifactId);
  if (!artifact) throw unknownArtifact(order.artifactId);
  const candidates = findCandidates(artifact, order);
  await checkGates(ports, artifact, candidates, order, context);
  // Before the request exists, so that an artifact that arrives in between can't undo it.
  const holds = await holdOlder(ports, artifact, candidates, id, context);
  try {
    const targets = await takeOrders(ports, artifact, candidates, id);
    return await record(ports, { id, digest, order, targets }, context);
  } catch (error) {
    // Where it is not known whether it was recorded, it stays held: a person may lift what nobody asked for.
    if (error instanceof GimletdError && !error.retryable) {
      for (const hold of holds) await takeBackHold(ports.targets, hold);
    }
    throw error;
  }
}

export function unknownArtifact(id: string): NotFoundError {
  return new NotFoundError(
    'artifact-not-found',
    `There is no artifact '${id}'. \`gimlet artifact list\` shows those that there are.`,
  );
}

/** With a key the id is made of it, so that asking twice is asking once. */
function requestId({ newId }: RequestPorts, { triggeredBy, idempotencyKey }: RequestContext): string {
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

function findCandidates(artifact: Artifact, { env, app }: ReleaseOrder): Candidate[] {
  const targets = manifestsOf(artifact).map((manifest, manifestIndex) => ({
    manifest,
    manifestIndex,
    app: manifest.app ?? '',
    env: manifest.env ?? '',
  }));
  const ofEnv = targets.filter((target) => target.env === env);
  if (ofEnv.length === 0) {
    const there = list(targets.map((target) => target.env));
    throw new NotFoundError(
      'environment-not-found',
      `The artifact has no manifest for the environment '${env}'; it has: ${there}.`,
    );
  }
  const variables = artifactVariables(artifact);
  // A templated app is known by what it resolves to; resolving also refuses here what could never be released.
  const wanted = ofEnv
    .filter((target) => app === undefined || target.app === app || target.app.includes('{{'))
    .map(({ manifest, manifestIndex }) => ({ ...resolveManifest(manifest, variables), manifestIndex }))
    .filter((target) => app === undefined || target.app === app);
  if (wanted.length === 0) {
    const there = list(ofEnv.map((target) => target.app));
    throw new NotFoundError(
      'app-not-found',
      `The artifact has no app '${app}' in '${env}'; it has: ${there}.`,
    );
  }
  refuseDuplicates(wanted);
  return wanted.map((target) => ({ app: target.app, env: target.env, manifestIndex: target.manifestIndex }));
}

function refuseDuplicates(targets: readonly TargetName[]): void {
  const twice = targets.find(({ app }, index) => targets.findIndex((other) => other.app === app) !== index);
  if (!twice) return;
  throw new UnprocessableError(
    'duplicate-manifest',
    `The artifact has several manifests of '${twice.app}' in '${twice.env}': it can't be told which to release.`,
  );
}

function list(names: readonly string[]): string {
  const known = [...new Set(names)].filter((name) => name !== '').sort();
  return known.length === 0 ? 'none' : known.join(', ');
}

async function checkGates(
  { controls }: RequestPorts,
  artifact: Artifact,
  candidates: readonly Candidate[],
  { overrideFreeze: freezeOverride }: ReleaseOrder,
  { now }: RequestContext,
): Promise<void> {
  const branch = builtBranch(artifact.version);
  for (const { app, env } of candidates) {
    const facts = { app, branch, automatic: false, hold: undefined, freezeOverride, now };
    const gates = passGates({ ...facts, controls: await controls.read(env) });
    if (gates.outcome !== 'open') {
      throw new ConflictError(gates.outcome, `'${app}' can't be released to '${env}': ${gates.reason}.`);
    }
  }
}

/**
 * Orders are taken before the request is recorded: what is asked for outranks all that came before the asking, and
 * a request that is executed twice finds its orders in its record. One that is never recorded leaves a gap.
 */
async function takeOrders(
  { targets }: RequestPorts,
  artifact: Artifact,
  candidates: readonly Candidate[],
  id: string,
): Promise<RequestedTarget[]> {
  const { repositoryName } = artifact.version;
  return Promise.all(
    candidates.map(async ({ app, env, manifestIndex }) => {
      const target = { app, env };
      const order = await targets.allocateManual(target, repositoryName, artifact.order);
      return { ...target, manifestIndex, order, releaseId: releaseId(artifact.id, target, `request:${id}`) };
    }),
  );
}

/** Going back to something older is meant to last: automation would undo it with the next artifact. */
async function holdOlder(
  { targets }: RequestPorts,
  artifact: Artifact,
  candidates: readonly Candidate[],
  requestId: string,
  { triggeredBy, now }: RequestContext,
): Promise<PlacedHold[]> {
  const reason = `an older version, ${artifact.version.sha.slice(0, 12)}, was released by hand`;
  const hold = { id: `hold-${requestId}`, owner: triggeredBy, reason, since: now };
  const placed = candidates.map(async ({ app, env }) => {
    const target = { app, env };
    const older = isOlder(artifact, await targets.get(target));
    return older ? placeHold(targets, target, hold) : undefined;
  });
  return (await Promise.all(placed)).filter((hold) => hold !== undefined);
}

function isOlder(artifact: Artifact, target: Target): boolean {
  return artifact.order < (target.artifactOrders[artifact.version.repositoryName] ?? 0);
}

async function record(
  ports: RequestPorts,
  made: Pick<ReleaseRequest, 'id' | 'digest' | 'targets'> & { readonly order: ReleaseOrder },
  { triggeredBy, correlationId, now }: RequestContext,
): Promise<ReleaseRequest> {
  const { order, ...fields } = made;
  const request: ReleaseRequest = {
    ...fields,
    ...order,
    triggeredBy,
    requestedAt: now,
    ...(correlationId !== undefined && { correlationId }),
    state: 'accepted',
  };
  const mark = requestMark(request, ports.resend);
  const stored = await ports.requests.putOnce(request, mark);
  await ports.outbox.send(stored.id, mark);
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
