import { type AuditProblem, ChainVerifier, type KeptHead, verifyLog } from '../../shared/contract/audit.ts';
import type { ApiClient } from '../client/api-client.ts';
import { readChain } from './read-chain.ts';

/** What was checked, and what is wrong. */
export interface Verdict {
  readonly blocks: number;
  readonly entries: number;
  readonly head: string;
  /** Heads that were kept in git, and held against the chain. */
  readonly heads: number;
  /** Items whose logs were held against the chain; those that are gone can't be. */
  readonly logs: number;
  readonly gone: number;
  readonly problems: readonly AuditProblem[];
}

const ITEMS_AT_ONCE = 100;

/** Checks the whole trail here: the server only hands over what is kept. `heads`: what git has kept. */
export async function verifyTrail(client: ApiClient, heads: readonly KeptHead[]): Promise<Verdict> {
  const verifier = new ChainVerifier();
  const { finished } = await readChain(client, 0, (block) => verifier.add(block));
  verifier.checkHead({ ...finished, source: 'the sealer’s own record' });
  for (const head of heads) verifier.checkHead(head);
  const items = [...verifier.entriesOf.keys()];
  const problems = [...verifier.problems];
  let logs = 0;
  for (let at = 0; at < items.length; at += ITEMS_AT_ONCE) {
    const found = await client.auditLogs(items.slice(at, at + ITEMS_AT_ONCE).map(keyOf));
    logs += found.length;
    for (const { item, ...log } of found) {
      const name = JSON.stringify([item.pk, item.sk]);
      problems.push(...verifyLog(name, verifier.entriesOf.get(name) ?? [], log, verifier.head.block));
    }
  }
  const { block, hash } = verifier.head;
  return {
    ...{ blocks: block, entries: verifier.entries, head: hash, heads: heads.length },
    ...{ logs, gone: items.length - logs, problems },
  };
}

function keyOf(item: string): { readonly pk: string; readonly sk: string } {
  const [pk = '', sk = ''] = JSON.parse(item) as readonly string[];
  return { pk, sk };
}
