import type { AuditProblem, SealedEntry } from './verify-chain.ts';

/** How many sealed entries an item remembers; a longer log is in the chain alone. */
export const LOG_LENGTH = 16;

/** The audit log of an item, as it is in the table. */
export interface ItemLog {
  /** The last entries that were sealed, oldest first. */
  readonly sealed: readonly { readonly block: number; readonly hash: string }[];
  /** Hashes of those that nobody has sealed, or whose seal was not noted yet. */
  readonly held: readonly string[];
}

/**
 * Holds the log of an item against the chain, up to a block: each must know what the other does. The log may be read
 * later than the chain, so it may know more.
 */
export function verifyLog(
  item: string,
  chain: readonly SealedEntry[],
  { sealed, held }: ItemLog,
  upTo: number,
): AuditProblem[] {
  const inChain = new Set(chain.map(({ block, hash }) => `${block}:${hash}`));
  const missing = sealed
    .filter(({ block, hash }) => block <= upTo && !inChain.has(`${block}:${hash}`))
    .map(({ block, hash }): AuditProblem => {
      const message = `The log of ${item} has an entry of block ${block} (SHA-256 ${hash}) that is not there in the chain.`;
      return { code: 'entry-missing', block, entry: hash, item, message };
    });
  const newer = sealed.filter(({ block }) => block > upTo).length;
  const inLog = new Set([...sealed.map(({ hash }) => hash), ...held]);
  const remembered = Math.max(LOG_LENGTH - newer, 0);
  const lacking = (remembered === 0 ? [] : chain.slice(-remembered))
    .filter(({ hash }) => !inLog.has(hash))
    .map(({ id, block }): AuditProblem => {
      const message = `The log of ${item} lacks entry ${id}, which was sealed in block ${block}.`;
      return { code: 'log-cut', block, entry: id, item, message };
    });
  return [...missing, ...lacking];
}
