import type { ReleaseAnswer } from '../../shared/contract/answers.ts';
import { timeText } from './version-text.ts';

type ApprovalAnswer = NonNullable<ReleaseAnswer['approval']>;

/** What a release still waits for: `1 more approval until …`. */
export function missingText({ required, expiresAt, given }: ApprovalAnswer): string {
  const missing = required - given.length;
  const more = given.length === 0 ? '' : ' more';
  return `${missing}${more} approval${missing === 1 ? '' : 's'} until ${timeText(expiresAt)}`;
}

/** Who has approved, and why: `2 of 2: jane, joe (looks good)`. */
export function givenText({ required, given }: ApprovalAnswer): string {
  const names = given.map(({ name, reason }) => (reason === undefined ? name : `${name} (${reason})`));
  return `${given.length} of ${required}${names.length === 0 ? '' : `: ${names.join(', ')}`}`;
}
