import { createHash } from 'node:crypto';

/** What people can be told of. */
export const NOTICE_TYPES = [
  'release.released',
  'release.rolledBack',
  'release.deleted',
  'release.failed',
  'release.held',
  /** People must agree to it. */
  'release.waiting',
  'release.rejected',
  /** Not approved in time. */
  'release.expired',
  /** The repo was as wanted already. */
  'release.unchanged',
  'release.superseded',
  'release.cancelled',
  'hold.placed',
  'hold.lifted',
  /** A branch of a GitOps repo is left alone for now. */
  'repo.paused',
  'repo.resumed',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Told only to channels that name them: nobody has to do anything about them. */
export const QUIET_TYPES: ReadonlySet<NoticeType> = new Set([
  'release.unchanged',
  'release.superseded',
  'release.cancelled',
]);

/** One thing that happened, complete: what is told of it does not change when the table does. */
export interface Notice {
  /** The same however often it is told, to whichever channel. */
  readonly id: string;
  readonly type: NoticeType;
  /** Unix milliseconds. */
  readonly at: number;
  /** Absent where it concerns no target in particular. */
  readonly env?: string;
  readonly app?: string;
  /** For people: one sentence, and perhaps why. */
  readonly text: string;
  readonly reason?: string;
  /** For programs; each type has its fields. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The id of the notice of something: a hash of all that tells it from anything else that may happen. */
export function noticeId(...parts: readonly (string | number)[]): string {
  return `evt-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}`;
}
