import { ForbiddenError } from '../../errors/errors.ts';
import type { CiIdentity } from './ci-identity.ts';

export interface UsedIdentities {
  /**
   * Binds an identity token to the digest of what it is used for, once and for all; answers the digest that it is
   * bound to, which is another's when it was used before. Kept until the token has long expired.
   */
  bind(identity: Pick<CiIdentity, 'issuer' | 'tokenId' | 'expiresAt'>, digest: string): Promise<string>;
}

/**
 * Uses an identity token for an artifact: it pushes this one, again if an answer was lost, and no other.
 * @throws ForbiddenError `identity-replayed`
 */
export async function useIdentity(uses: UsedIdentities, identity: CiIdentity, digest: string): Promise<void> {
  if ((await uses.bind(identity, digest)) === digest) return;
  throw new ForbiddenError(
    'identity-replayed',
    'This identity token has pushed another artifact already: ask the provider for a new one for each artifact.',
  );
}
