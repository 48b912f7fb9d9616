import { ForbiddenError, TransientError, UnauthenticatedError } from '../../errors/errors.ts';
import type { GimletdError } from '../../errors/gimletd-error.ts';

/**
 * Why an identity of CI was not taken, a code each. `identity-…` is about the token itself (401), `trust-…` about what
 * is trusted (403); `identity-keys-unavailable` may pass (503).
 */
export const REFUSAL_CODES = [
  'identity-malformed',
  'identity-algorithm',
  'identity-issuer',
  'identity-audience',
  'identity-audiences',
  'identity-key',
  'identity-signature',
  'identity-expired',
  'identity-not-yet-valid',
  'identity-claims',
  'identity-keys-unavailable',
  'trust-repository',
  'trust-repository-id',
  'trust-owner-id',
  'trust-workflow',
  'trust-workflow-ref',
  'trust-ref',
  'trust-event',
  'trust-environment',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why a credential of a kind that is known was not taken; told to whoever sent it. */
export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence that names what is wrong and what to do. */
  readonly message: string;
}

export function refusalError({ code, message }: Refusal): GimletdError {
  if (code === 'identity-keys-unavailable') return new TransientError(code, message);
  return code.startsWith('trust-')
    ? new ForbiddenError(code, message)
    : new UnauthenticatedError(code, message);
}
