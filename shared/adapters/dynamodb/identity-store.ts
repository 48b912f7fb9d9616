import type { UsedIdentities } from '../../access/trust/use-identity.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

/** Longer than any clock may be wrong: an item that goes while its token is still taken would let it be used again. */
const KEEP_AFTER_EXPIRY_SECONDS = 24 * 60 * 60;

/** What each identity token was used for. */
export function identityStore(table: TableClient): UsedIdentities {
  return {
    async bind({ issuer, tokenId, expiresAt }, digest) {
      const key = keys.identity(issuer, tokenId);
      const goes = Math.floor(expiresAt / 1000) + KEEP_AFTER_EXPIRY_SECONDS;
      if (await table.putNew(key, { digest, expiresAt: goes }, { notAudited: 'the artifact says so' }))
        return digest;
      // A winner that can't be read is no proof that it was ours.
      return String((await table.get(key))?.['digest'] ?? '');
    },
  };
}
