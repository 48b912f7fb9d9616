import { createHash } from 'node:crypto';
import { canonicalJson } from '../artifact/canonical-json.ts';

/** How many people must agree to each release of an environment, and within which time. */
export interface ApprovalRule {
  readonly required: number;
  readonly withinHours: number;
}

/** Whoever has a token. */
export interface Person {
  /** Of the token. */
  readonly id: string;
  readonly name: string;
}

/** That somebody agreed. */
export interface GivenApproval extends Person {
  /** Unix milliseconds. */
  readonly at: number;
  readonly reason?: string;
}

/** What a release needs before it begins, and who has agreed so far. */
export interface Approval {
  readonly required: number;
  /** Of the rule that asked for it: another rule since lapses what was given under this one. */
  readonly ruleVersion: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
  /** Each person once, in the order in which they came. */
  readonly given: readonly GivenApproval[];
}

const HOUR_MS = 3_600_000;

/** What a release that is made at `now` (unix milliseconds) needs under a rule. */
export function neededApproval(rule: ApprovalRule, now: number): Approval {
  return {
    required: rule.required,
    ruleVersion: ruleVersion(rule),
    expiresAt: now + rule.withinHours * HOUR_MS,
    given: [],
  };
}

/** Tells a rule from every other: 12 hex digits of a hash of what it says. */
function ruleVersion({ required, withinHours }: ApprovalRule): string {
  return createHash('sha256').update(canonicalJson({ required, withinHours })).digest('hex').slice(0, 12);
}

export function isApproved({ required, given }: Approval): boolean {
  return given.length >= required;
}

/** Whether somebody is among those who have agreed: known by the token, or by the name of another token of theirs. */
export function hasApproved({ given }: Approval, who: Person): boolean {
  return given.some((one) => isSamePerson(one, who));
}

export function isSamePerson(one: Person, other: Person): boolean {
  return one.id === other.id || comparable(one.name) === comparable(other.name);
}

/** A name as it is compared: neither case nor spacing makes another person. */
export function comparable(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Adds an approval; of somebody who is there already, nothing. */
export function withApproval(approval: Approval, given: GivenApproval): Approval {
  return hasApproved(approval, given) ? approval : { ...approval, given: [...approval.given, given] };
}

/**
 * Why what was agreed to holds no more: the rule that asked for it is another by now, or (`undefined` digests are not
 * compared) so is the artifact. Undefined while it holds.
 */
export function lapse(
  approval: Approval,
  rule: ApprovalRule | undefined,
  digests: { readonly approved?: string | undefined; readonly stored?: string | undefined } = {},
): string | undefined {
  if (rule === undefined) return 'approvals are not asked for any more: ask for the release again';
  if (ruleVersion(rule) !== approval.ruleVersion) {
    return `the rule has changed since: it asks for ${ruleText(rule)} now. Ask for the release again`;
  }
  const { approved, stored } = digests;
  if (approved === undefined || stored === undefined || approved === stored) return undefined;
  return 'the artifact is not the one that was to be approved: ask for the release again';
}

/** Why the time for an approval is over; undefined while there is some left. `now` in unix milliseconds. */
export function lateness({ required, expiresAt, given }: Approval, now: number): string | undefined {
  if (now < expiresAt) return undefined;
  return `${given.length} of ${countText(required)} came before ${new Date(expiresAt).toISOString()}`;
}

/** `2 approvals within 24 h`. */
export function ruleText({ required, withinHours }: ApprovalRule): string {
  return `${countText(required)} within ${withinHours} h`;
}

/** `2 approvals until 2026-11-30T12:00:00.000Z`, of those that are still missing. */
export function waitsFor({ required, expiresAt, given }: Approval): string {
  return `${countText(required - given.length)} until ${new Date(expiresAt).toISOString()}`;
}

/** `1 approval`, `2 approvals`. */
export function countText(required: number): string {
  return `${required} approval${required === 1 ? '' : 's'}`;
}
