import { NotFoundError, PreconditionFailedError, TransientError } from '../../errors/errors.ts';
import type { StoredTrust, TrustPolicy } from './trust-policy.ts';

/** Which change of a trust policy it was. */
export type TrustChanged = Pick<StoredTrust, 'version' | 'changedBy' | 'changedAt'>;

export interface TrustPolicies {
  /** Consistent, as all of these. */
  get(name: string): Promise<StoredTrust | undefined>;
  list(): Promise<StoredTrust[]>;
  /** Of the last change, also when it was its deletion; 0 when there never was one. */
  version(name: string): Promise<number>;
  /** False when the version that was seen is not the last any more. */
  put(policy: StoredTrust, seen: number): Promise<boolean>;
  remove(name: string, next: TrustChanged, seen: number): Promise<boolean>;
}

export interface TrustChange {
  readonly changedBy: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** The version that it must have; `*`: that there must be one. */
  readonly ifMatch?: number | '*';
  /** There must be none. */
  readonly ifNoneMatch?: boolean;
}

const MOST_ATTEMPTS = 5;

/** @throws NotFoundError `trust-not-found` */
export async function showTrust(trusts: TrustPolicies, name: string): Promise<StoredTrust> {
  const stored = await trusts.get(name);
  if (stored) return stored;
  throw new NotFoundError('trust-not-found', `There is no trust policy '${name.slice(0, 80)}'.`);
}

/** Makes or changes a trust policy. @throws PreconditionFailedError `trust-changed` */
export async function putTrust(
  trusts: TrustPolicies,
  policy: TrustPolicy,
  change: TrustChange,
): Promise<{ readonly stored: StoredTrust; readonly created: boolean }> {
  return attempted(async () => {
    const before = await trusts.get(policy.name);
    checkPrecondition(policy.name, before, change);
    const seen = before?.version ?? (await trusts.version(policy.name));
    const stored = { ...policy, version: seen + 1, changedBy: change.changedBy, changedAt: change.now };
    return (await trusts.put(stored, seen)) ? { stored, created: before === undefined } : undefined;
  });
}

/** @throws NotFoundError `trust-not-found`; PreconditionFailedError `trust-changed` */
export async function deleteTrust(trusts: TrustPolicies, name: string, change: TrustChange): Promise<void> {
  await attempted(async () => {
    const before = await showTrust(trusts, name);
    checkPrecondition(name, before, change);
    const next = { version: before.version + 1, changedBy: change.changedBy, changedAt: change.now };
    return (await trusts.remove(name, next, before.version)) || undefined;
  });
}

function checkPrecondition(
  name: string,
  stored: StoredTrust | undefined,
  { ifMatch, ifNoneMatch = false }: TrustChange,
): void {
  const isOther =
    ifMatch === '*' ? stored === undefined : ifMatch !== undefined && ifMatch !== stored?.version;
  if (!isOther && !(ifNoneMatch && stored)) return;
  const now = stored === undefined ? 'there is none' : `it is version ${stored.version}`;
  throw new PreconditionFailedError(
    'trust-changed',
    `The trust policy '${name}' is not what the change was made for: ${now}. Look at it again.`,
    { data: { version: stored?.version ?? null } },
  );
}

async function attempted<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let left = MOST_ATTEMPTS; left > 0; left -= 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw new TransientError('trust-busy', 'Others are changing this trust policy right now; try again.');
}
