import type { Authenticator } from '../authenticate.ts';
import type { Principal } from '../principal.ts';
import { trusted } from './judge-trust.ts';
import { type Claims, readIdentity } from './read-identity.ts';
import type { Refusal } from './refusal.ts';
import type { TrustPolicy } from './trust-policy.ts';
import { workloadCaller } from './workload.ts';

export interface WorkloadPorts {
  /** Every trust policy; they may be as old as a revocation may take. */
  readonly policies: () => Promise<readonly TrustPolicy[]>;
  /** The claims of a token whose signature and times are right, of one of these issuers, or why it is refused. */
  readonly verify: (token: string, issuers: ReadonlySet<string>) => Promise<Claims | Refusal>;
}

/** Three parts of base64url, the first of which begins with `{"`; so a token of another make is not taken for one. */
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;

/** Knows CI jobs by the identity token that their provider signs: no secret is shared with them. */
export function workloadAuthenticator({ policies, verify }: WorkloadPorts): Authenticator {
  return async (credential) => {
    if (!JWT.test(credential)) return undefined;
    const known = await policies();
    const claims = await verify(credential, new Set(known.map(({ issuer }) => issuer)));
    return isRefusal(claims) ? refused(claims) : identify(known, claims);
  };
}

/** Who a job is whose claims were signed by an issuer that somebody trusts. */
export function identify(policies: readonly TrustPolicy[], claims: Claims): Principal {
  const audiences = [claims['aud']].flat();
  if (audiences.length !== 1) {
    return refuse(
      'identity-audiences',
      `The identity token is for ${audiences.length} audiences, and must be for one: another of them could use it here.`,
    );
  }
  const ofIssuer = policies.filter(({ issuer }) => issuer === claims['iss']);
  const candidates = ofIssuer.filter(({ audience }) => audience === audiences[0]);
  if (candidates.length === 0) {
    const wanted = [...new Set(ofIssuer.map(({ audience }) => `'${audience}'`))].join(' or ');
    return refuse(
      'identity-audience',
      `The identity token is for '${String(audiences[0]).slice(0, 200)}', and must be for ${wanted || 'this server'}: ask the provider for one with that audience.`,
    );
  }
  return trustedCaller(candidates, claims);
}

/** Claims are read as each policy's provider writes them. */
function trustedCaller(candidates: readonly TrustPolicy[], claims: Claims): Principal {
  const refusals: Refusal[] = [];
  for (const [provider, policies] of Map.groupBy(candidates, (policy) => policy.provider)) {
    const identity = readIdentity(provider, claims);
    if (isRefusal(identity)) refusals.push(identity);
    else {
      const verdict = trusted(policies, identity);
      if ('trustedBy' in verdict) return workloadCaller(verdict.trustedBy, identity);
      refusals.unshift(verdict.refusal);
    }
  }
  const [first] = refusals;
  return first ? refused(first) : { kind: 'none' };
}

function refuse(code: Refusal['code'], message: string): Principal {
  return refused({ code, message });
}

function refused(refusal: Refusal): Principal {
  return { kind: 'none', refusal };
}

function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'message' in value;
}
