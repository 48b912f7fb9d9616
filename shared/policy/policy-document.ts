import { ConflictError, NotFoundError, PreconditionFailedError } from '../errors/errors.ts';
import { type Change, type Policy, policyId, type StoredPolicy } from './policy.ts';

/** Rules that are read together are kept together: those of a target, of an environment, of all. */
export interface PolicyScope {
  readonly env?: string;
  /** Only with an environment. */
  readonly app?: string;
}

/** A rule as it was made, changed or deleted. */
export interface PastPolicy extends Change {
  readonly id: string;
  readonly action: 'created' | 'changed' | 'deleted';
  /** As it was from then on; absent when deleted. */
  readonly policy?: Policy;
}

export interface PolicyDocument {
  /** Grows by one with every change; each write is conditional on it. 0: never written. */
  readonly revision: number;
  readonly policies: readonly StoredPolicy[];
  /** Oldest first; the oldest go when there are too many. */
  readonly history: readonly PastPolicy[];
}

export const NO_POLICIES: PolicyDocument = { revision: 0, policies: [], history: [] };

const MOST_HISTORY = 100;
/** What a document must hold at most, so that reading it stays cheap. */
const MOST_POLICIES = 500;
/** Of the rules and their history, as JSON: an item of the table has at most 400 KB. */
const MOST_BYTES = 300_000;

/** Who asks for a change, and which version it was made on. */
export interface ChangeContext {
  readonly changedBy: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** The version that must be there (`*`: any); unchecked when absent. */
  readonly ifMatch?: number | '*';
  /** There must be none. */
  readonly ifNoneMatch?: boolean;
}

/** Where a rule is kept: of a kind that names an app's target, an environment, or nothing. */
export function scopeOf({
  kind,
  env,
  app,
}: Readonly<Partial<Record<'kind' | 'env' | 'app', string>>>): PolicyScope {
  if (env === undefined) return {};
  const ofTarget = kind === 'auto-release' || kind === 'auto-promote';
  return ofTarget && app !== undefined ? { env, app } : { env };
}

export function findPolicy(document: PolicyDocument, id: string): StoredPolicy | undefined {
  return document.policies.find(({ policy }) => policyId(policy) === id);
}

/**
 * A document with a rule made or replaced.
 * @throws PreconditionFailedError `policy-changed` when it is not the version that the change was made on.
 */
export function withPolicy(document: PolicyDocument, policy: Policy, context: ChangeContext): PolicyDocument {
  const id = policyId(policy);
  const known = findPolicy(document, id);
  checkVersion(id, known, context);
  if (!known && document.policies.length >= MOST_POLICIES) {
    throw new ConflictError(
      'too-many-policies',
      `There are ${MOST_POLICIES} rules of this kind already: delete one first.`,
    );
  }
  const change = changeOf(document, context);
  const others = document.policies.filter((one) => one !== known);
  const policies = [...others, { policy, ...change }];
  if (bytesOf(policies) > MOST_BYTES) {
    throw new ConflictError(
      'too-many-policies',
      `The rules of this kind would have more than ${MOST_BYTES} bytes: delete one first, or write shorter patterns.`,
    );
  }
  const past: PastPolicy = { id, action: known ? 'changed' : 'created', policy, ...change };
  return { revision: change.version, policies, history: remembered(document, policies, past) };
}

/**
 * A document without a rule.
 * @throws NotFoundError `policy-not-found`, PreconditionFailedError `policy-changed`.
 */
export function withoutPolicy(document: PolicyDocument, id: string, context: ChangeContext): PolicyDocument {
  const known = findPolicy(document, id);
  if (!known) throw unknownPolicy(id);
  checkVersion(id, known, context);
  const change = changeOf(document, context);
  const policies = document.policies.filter((one) => one !== known);
  const past: PastPolicy = { id, action: 'deleted', ...change };
  return { revision: change.version, policies, history: remembered(document, policies, past) };
}

export function unknownPolicy(id: string): NotFoundError {
  return new NotFoundError(
    'policy-not-found',
    `There is no policy '${id}'. \`gimlet policy list\` shows those that there are.`,
  );
}

function checkVersion(
  id: string,
  known: StoredPolicy | undefined,
  { ifMatch, ifNoneMatch }: ChangeContext,
): void {
  const fits =
    ifMatch === undefined || (known !== undefined && (ifMatch === '*' || ifMatch === known.version));
  if (fits && !(ifNoneMatch === true && known)) return;
  const now = known ? `its version is ${known.version}, by ${known.changedBy}` : 'it does not exist';
  throw new PreconditionFailedError(
    'policy-changed',
    `The policy '${id}' is not what you looked at: ${now}. Look at it again, then change it.`,
    { data: known ? { version: known.version } : {} },
  );
}

function changeOf({ revision }: PolicyDocument, { changedBy, now }: ChangeContext): Change {
  return { version: revision + 1, changedBy, changedAt: now };
}

/** What has changed, the newest of it: as much as fits beside the rules, and the last change at least. */
function remembered(
  { history }: PolicyDocument,
  policies: readonly StoredPolicy[],
  change: PastPolicy,
): PastPolicy[] {
  const all = [...history, change].slice(-MOST_HISTORY);
  let room = MOST_BYTES - bytesOf(policies);
  const fits = all.findLastIndex((past) => {
    room -= bytesOf(past);
    return room < 0;
  });
  return all.slice(Math.min(fits + 1, all.length - 1));
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
