import { coversResource, grantsAction } from '../access/grant-covers.ts';
import type { Tokens } from '../access/manage-tokens.ts';
import type { Grant } from '../access/principal.ts';
import type { TrustPolicies } from '../access/trust/change-trust.ts';
import { grantOf, trustNames } from '../access/trust/workload.ts';
import type { Authority, Release } from '../release/release.ts';
import { type Protection, targetResource } from '../release/resources.ts';

export interface AuthorityPorts {
  readonly tokens: Pick<Tokens, 'get'>;
  readonly trusts: Pick<TrustPolicies, 'get'>;
  readonly settings: Protection;
}

/**
 * Why a grant that a release was made or approved by holds no more; undefined while they do. An expired or renewed token
 * is no reason: it was right when it was used. One that was revoked, a trust policy that was deleted or changed, or one
 * of them that does not cover the environment since that is protected, is.
 */
export async function revocation(ports: AuthorityPorts, release: Release): Promise<string | undefined> {
  const { authority, approval } = release;
  const used: UsedAuthority[] = [
    ...(authority ? [{ ...authority, done: 'made' } as const] : []),
    ...(approval?.given ?? []).map(({ id: callerId }) => {
      return { callerId, action: 'release:approve', done: 'approved' } as const;
    }),
  ];
  for (const one of used) {
    const ended = await endOf(ports, release, one);
    if (ended !== undefined) return ended;
  }
  return undefined;
}

interface UsedAuthority extends Authority {
  readonly done: 'made' | 'approved';
}

async function endOf(
  ports: AuthorityPorts,
  { app, env, version }: Release,
  { callerId, action, done }: UsedAuthority,
): Promise<string | undefined> {
  const standing = await standingOf(ports, callerId, done);
  if (!standing) return undefined;
  if ('ended' in standing) return standing.ended;
  const pushed = action === 'artifact:push' && { repository: version.repositoryName };
  const resource = { ...targetResource(ports.settings, { app, env }), ...pushed };
  const isGranted = standing.grants.some(
    (grant) => grantsAction(grant, action) && coversResource(grant, resource),
  );
  return isGranted ? undefined : `${standing.name} may not ${action} for '${app}' in '${env}' any more`;
}

/** What somebody may do today, or why nothing. */
type Standing = { readonly name: string; readonly grants: readonly Grant[] } | { readonly ended: string };

/** Undefined of whom nothing is known any more: a token is forgotten long after its end. */
async function standingOf(
  { tokens, trusts }: AuthorityPorts,
  callerId: string,
  done: UsedAuthority['done'],
): Promise<Standing | undefined> {
  const names = trustNames(callerId);
  if (names) {
    const policies = await Promise.all(names.map((name) => trusts.get(name)));
    // Of its own repository, which was looked at when the job pushed.
    const grants = policies.flatMap((policy) => (policy ? [grantOf(policy, '*')] : []));
    const name = `the trust policy ${names.join(', ')}`;
    return grants.length > 0 ? { name, grants } : { ended: `${name}, by which it was ${done}, is deleted` };
  }
  const token = await tokens.get(callerId);
  if (!token) return undefined;
  const { name, grants, revokedAt } = token;
  if (revokedAt !== undefined) return { ended: `the token of ${name}, by which it was ${done}, is revoked` };
  return { name, grants };
}
