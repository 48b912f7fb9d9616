import type { ReadToken, ReadTokens } from '../../access/trust/read-token.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

/** Read tokens by their hash: kinds of their own, so that who may make one can make no other token. */
export function readTokenStore(table: TableClient): ReadTokens {
  return {
    async get(hash) {
      const item = await table.get(keys.readToken(hash));
      return item && (item['token'] as ReadToken);
    },
    async put(hash, token) {
      const expiresAt = Math.ceil(token.expiresAt / 1000);
      await table.put(
        keys.readToken(hash),
        { token, expiresAt },
        { notAudited: 'it only reads, for an hour' },
      );
    },
  };
}
