/** Where a write comes from: which of our functions makes it, and for whose call, where there is one. */
export interface AuditOrigin {
  readonly function: string;
  /** Who calls: the name that goes into records. */
  readonly caller?: string;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  readonly correlationId?: string;
}

/** Small facts beside an event; never a body, never a secret. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | undefined>>;

/** A change of state, as the store that makes it describes it. */
export interface AuditEvent {
  /** What is done, noun first: `release.create`, `policy.change`, `target.hold`. */
  readonly action: string;
  /** What it is done to: its kind and its id, `release/rel-…`, `target/staging/webapp`. */
  readonly object: string;
  /** What became of it: the state that the object has from then on, in its own words. */
  readonly outcome: string;
  /** Who wanted it, where that is not who calls: a release is made by a function, for a person or a policy. */
  readonly actor?: string;
  readonly app?: string;
  readonly env?: string;
  readonly artifactId?: string;
  /** Why, in the words of whoever wanted it, or of the rule. */
  readonly reason?: string;
  readonly details?: AuditDetails;
}

/** A write that changes nothing which people answer for; it must say why that is so. */
export interface NotAudited {
  readonly notAudited: string;
}

/** What every write to an item with an audit log must say. */
export type Trail = AuditEvent | NotAudited;

export function isAudited(trail: Trail): trail is AuditEvent {
  return 'action' in trail;
}
