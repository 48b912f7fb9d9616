import type { TargetName } from './release.ts';

/** One release that a request asks for; its order was taken before the request was recorded. */
export interface RequestedTarget extends TargetName {
  readonly releaseId: string;
  readonly manifestIndex: number;
  readonly order: number;
}

/** What a person asked for, once: one thing with an id, whose state derives from its releases. */
export interface ReleaseRequest {
  readonly id: string;
  readonly artifactId: string;
  readonly env: string;
  readonly app?: string;
  readonly triggeredBy: string;
  /** Why freezes don't bind its releases. */
  readonly overrideFreeze?: string;
  /** Unix milliseconds. */
  readonly requestedAt: number;
  readonly correlationId?: string;
  /** SHA-256 of what was asked, hex: an idempotency key used for something else is refused. */
  readonly digest: string;
  readonly targets: readonly RequestedTarget[];
  /** `accepted` until its releases are made. */
  readonly state: 'accepted' | 'executed';
}
