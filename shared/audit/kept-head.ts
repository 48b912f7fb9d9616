import type { ChainHead } from './block.ts';

/** The branch of a GitOps repo on which heads of the audit chain are kept. */
export const AUDIT_BRANCH = 'gimletd-audit';

type Head = Pick<ChainHead, 'block' | 'hash'>;

/** The message of a commit that keeps a head. */
export function formatKeptHead({ block, hash }: Head): string {
  return `[Gimlet] audit chain up to block ${block}\n\nAudit-Head: ${block} ${hash}\n`;
}

/** Reads a head from the last paragraph of a commit's message; undefined when it keeps none. */
export function parseKeptHead(message: string): Head | undefined {
  const last = message
    .trimEnd()
    .split(/\n{2,}/)
    .slice(1)
    .at(-1);
  const [, block, hash] = /^Audit-Head: (\d{1,12}) ([0-9a-f]{64})$/m.exec(last ?? '') ?? [];
  return block === undefined || hash === undefined ? undefined : { block: Number(block), hash };
}
