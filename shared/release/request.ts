import type { TargetName } from './release.ts';

/** What people ask for. */
export type RequestKind = 'release' | 'promote' | 'rollback' | 'delete';

/** One release that a request asks for; its order was taken before the request was recorded. */
export interface RequestedTarget extends TargetName {
  readonly releaseId: string;
  readonly artifactId: string;
  /** Index of the manifest among the artifact's environments. */
  readonly manifestIndex: number;
  readonly order: number;
  /** It is to be written, whatever comes after it. */
  readonly inLine?: boolean;
  /** The release that a rollback puts back, or that a delete takes away. */
  readonly basis?: string;
}

/** What a person asked for, once: one thing with an id, whose state derives from its releases. */
export interface ReleaseRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly env: string;
  readonly app?: string;
  readonly triggeredBy: string;
  /** Of whoever asked. */
  readonly callerId?: string;
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
