import { createHash } from 'node:crypto';
import type { AuditDetails, AuditEvent, AuditOrigin } from './event.ts';

/** One line of the trail: what was done, to what, with what outcome; by whom and from where; when and why. */
export interface AuditEntry {
  /** Unique; sorts by time. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly app?: string;
  readonly env?: string;
  readonly artifactId?: string;
  readonly reason?: string;
  readonly details?: AuditDetails;
  readonly from: AuditOrigin;
  /** The item of the table in whose log it stands. */
  readonly item: { readonly pk: string; readonly sk: string };
}

/**
 * The text of an entry is what is stored, hashed and exported, byte for byte: nobody has to write JSON the same way
 * twice to check it.
 */
export type EntryText = string;

/** Longest words of people and of servers that an entry keeps, and longest of everything else. */
const MOST_REASON = 500;
const MOST_FIELD = 300;
/** Small facts that an entry keeps at most. */
const MOST_DETAILS = 12;

export interface EntryContext {
  /** Unix milliseconds. */
  readonly at: number;
  /** Unguessable, hex. */
  readonly nonce: string;
  readonly from: AuditOrigin;
  readonly item: AuditEntry['item'];
}

/** Who did what, from what a store says and where it was called from: without anybody's call, the function did it. */
export function auditEntry(event: AuditEvent, { at, nonce, from, item }: EntryContext): AuditEntry {
  const { action, object, outcome, actor, app, env, artifactId, reason, details } = event;
  return {
    id: `${String(at).padStart(13, '0')}-${nonce.slice(0, 16)}`,
    at,
    actor: plain(actor ?? from.caller ?? `function:${from.function}`),
    action,
    object: plain(object),
    outcome: plain(outcome),
    ...(app !== undefined && { app: plain(app) }),
    ...(env !== undefined && { env: plain(env) }),
    ...(artifactId !== undefined && { artifactId: plain(artifactId) }),
    ...(reason !== undefined && { reason: plain(reason, MOST_REASON) }),
    ...(details !== undefined && { details: plainDetails(details) }),
    from: plainOrigin(from),
    item: { pk: item.pk, sk: item.sk },
  };
}

export function entryText(entry: AuditEntry): EntryText {
  return JSON.stringify(entry);
}

/** @throws SyntaxError when it is no JSON. */
export function parseEntry(text: EntryText): AuditEntry {
  return JSON.parse(text) as AuditEntry;
}

/** SHA-256 of an entry's text (UTF-8), hex. */
export function entryHash(text: EntryText): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function plainDetails(details: AuditDetails): AuditDetails {
  const kept = Object.entries(details).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    kept
      .slice(0, MOST_DETAILS)
      .map(([name, value]) => [name, typeof value === 'string' ? plain(value) : value]),
  );
}

function plainOrigin({ function: name, ...others }: AuditOrigin): AuditOrigin {
  const kept = Object.entries(others).filter(([, value]) => value !== undefined);
  return { function: name, ...Object.fromEntries(kept.map(([key, value]) => [key, plain(String(value))])) };
}

/** One line of bounded length: control characters would let words pass for something else where they are printed. */
function plain(text: string, most = MOST_FIELD): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
  return line.length <= most ? line : `${[...line].slice(0, most).join('')}…`;
}
