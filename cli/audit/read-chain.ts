import type { AuditBlocksAnswer, Block } from '../../shared/contract/audit.ts';
import type { ApiClient } from '../client/api-client.ts';

/** Where a chain ended when it was begun to be read, and what the sealer had noted as finished then. */
export type ChainEnds = Pick<AuditBlocksAnswer, 'head' | 'finished'>;

/** Hands over the blocks after one, in their order, as they are fetched: up to the head of the beginning. */
export async function readChain(
  client: ApiClient,
  from: number,
  take: (block: Block) => void,
): Promise<ChainEnds> {
  let page = await client.auditBlocks(from);
  const { head, finished } = page;
  for (let after = from; ; page = await client.auditBlocks(after)) {
    for (const block of page.blocks) if (block.block <= head.block) take(block);
    // Where blocks are gone, those after them are asked for all the same.
    after = page.blocks.at(-1)?.block ?? after + 1;
    if (after >= head.block) return { head, finished };
  }
}
