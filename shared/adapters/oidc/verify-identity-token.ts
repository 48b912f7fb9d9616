import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { Claims } from '../../access/trust/read-identity.ts';
import type { Refusal, RefusalCode } from '../../access/trust/refusal.ts';
import { TransientError } from '../../errors/errors.ts';
import type { IssuerKeys } from './issuer-keys.ts';

export interface VerifyOptions {
  readonly keys: IssuerKeys;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** GitHub and GitLab sign with it; a shorter list is a smaller attack. */
const ALGORITHM = 'RS256';
const CLOCK_SKEW_SECONDS = 30;
/** No job runs longer; a token that is older was kept by somebody. */
const MOST_SECONDS_OLD = 24 * 60 * 60;

/**
 * Verifies an identity token: its form, algorithm, issuer, key, signature and times, in this order. Only keys of an
 * issuer that is trusted are ever asked for.
 */
export function identityTokenVerifier({ keys, clock }: VerifyOptions) {
  return async (token: string, issuers: ReadonlySet<string>): Promise<Claims | Refusal> => {
    const said = decode(token);
    if (said === undefined) return refusal('identity-malformed', 'it is no JSON Web Token');
    const { alg, kid, issuer } = said;
    if (alg !== ALGORITHM)
      return refusal('identity-algorithm', `it is signed with '${alg}', and must be with ${ALGORITHM}`);
    if (issuer === undefined || !issuers.has(issuer)) {
      return refusal('identity-issuer', `no trust policy names its issuer '${(issuer ?? '').slice(0, 200)}'`);
    }
    try {
      const key = kid === undefined ? undefined : await keys.find(issuer, kid);
      if (key === undefined)
        return refusal('identity-key', 'its issuer has no key with the id that it names');
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer,
        requiredClaims: ['exp', 'iat', 'jti', 'aud'],
        clockTolerance: CLOCK_SKEW_SECONDS,
        maxTokenAge: MOST_SECONDS_OLD,
        currentDate: new Date(clock()),
      });
      return payload;
    } catch (error) {
      return explain(error);
    }
  };
}

/** What a token says of itself before anything of it is believed. */
function decode(token: string) {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    return { alg: String(alg).slice(0, 20), kid: typeof kid === 'string' ? kid : undefined, issuer: iss };
  } catch {
    return undefined;
  }
}

function explain(error: unknown): Refusal {
  if (error instanceof TransientError) {
    return { code: 'identity-keys-unavailable', message: error.message };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refusal('identity-signature', 'its signature is not of its issuer');
  if (error instanceof errors.JWTExpired)
    return refusal(
      'identity-expired',
      'it has expired: ask the provider for another, right before it is used',
    );
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    const isEarly = reason === 'check_failed' && (claim === 'nbf' || claim === 'iat');
    if (isEarly) return refusal('identity-not-yet-valid', 'it is not valid yet: a clock is wrong');
    return refusal('identity-claims', `its claim '${claim}' is missing or wrong`);
  }
  if (error instanceof errors.JOSEError)
    return refusal('identity-malformed', `it is no proper token (${error.code})`);
  throw error;
}

function refusal(code: RefusalCode, problem: string): Refusal {
  return { code, message: `The identity token is refused: ${problem}.` };
}
