import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, type ChainHead, GENESIS, sealBlock } from '../../../shared/audit/block.ts';
import { auditEntry, entryText, parseEntry } from '../../../shared/audit/entry.ts';
import { ChainVerifier } from '../../../shared/audit/verify-chain.ts';
import { LOG_LENGTH, verifyLog } from '../../../shared/audit/verify-log.ts';

/** How many entries each block has, and how many items they are of. */
const shapes = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
  items: fc.integer({ min: 1, max: 5 }),
});
type Shape = typeof shapes extends fc.Arbitrary<infer S> ? S : never;

function chainOf({ sizes, items }: Shape): Block[] {
  const blocks: Block[] = [];
  let head: ChainHead = GENESIS;
  let made = 0;
  for (const size of sizes) {
    const entries = [...Array(size).keys()].map(() => {
      made += 1;
      const event = { action: 'release.move', object: `release/${made % items}`, outcome: 'ready' };
      const item = { pk: `RELEASE#${made % items}`, sk: 'RELEASE' };
      const nonce = String(made).padStart(16, '0');
      const entry = auditEntry(event, { at: 1_000 + made, nonce, from: { function: 'writer' }, item });
      return { text: entryText(entry), at: entry.at };
    });
    const block = sealBlock(head, entries, 2_000 + made);
    blocks.push(block);
    head = block;
  }
  return blocks;
}

function verify(blocks: readonly Block[]): ChainVerifier {
  const verifier = new ChainVerifier();
  for (const block of blocks) verifier.add(block);
  return verifier;
}

const codes = ({ problems }: ChainVerifier) => new Set(problems.map(({ code }) => code));
const headOf = (blocks: readonly Block[]) => {
  const { block, hash } = blocks.at(-1) ?? GENESIS;
  return { block, hash, source: 'git' };
};

/** Another character in the place of one. */
function flip(text: string, at: number): string {
  const index = at % text.length;
  return `${text.slice(0, index)}${text[index] === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`;
}

describe('verifying a chain', () => {
  it('finds nothing wrong with what was sealed', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const blocks = chainOf(shape);
        const verifier = verify(blocks);
        verifier.checkHead(headOf(blocks));
        expect(verifier.problems).toEqual([]);
        expect(verifier.entries).toBe(shape.sizes.reduce((sum, size) => sum + size, 0));
      }),
    );
  });

  it('names the entry of which a character was changed, wherever that is', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), fc.nat(), (shape, inChain, inBlock, inText) => {
        const blocks = chainOf(shape);
        const block = blocks[inChain % blocks.length] as Block;
        const index = inBlock % block.entries.length;
        const text = block.entries[index] as string;
        const entries = block.entries.with(index, flip(text, inText));
        const { problems } = verify(blocks.with(blocks.indexOf(block), { ...block, entries }));
        expect(problems).toContainEqual(
          expect.objectContaining({ code: 'entry-changed', block: block.block }),
        );
        const named = problems.find(({ code }) => code === 'entry-changed');
        // The id itself may be what was changed: then the message still says which one it is.
        expect(named?.message).toContain(`number ${index} of block ${block.block}`);
      }),
    );
  });

  it('sees an entry that is gone, one that came in and two that changed places', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, inChain) => {
        const blocks = chainOf(shape);
        const block = blocks[inChain % blocks.length] as Block;
        const change = (entries: readonly string[]) =>
          codes(verify(blocks.with(blocks.indexOf(block), { ...block, entries })));
        expect(change(block.entries.slice(1))).toContain('entry-changed');
        expect(change([...block.entries, block.entries[0] as string])).toContain('entry-changed');
        if (block.entries.length > 1) expect(change(block.entries.toReversed())).toContain('entry-changed');
      }),
    );
  });

  it('sees a block whose hashes were made to fit by what rests on it, and the last by the head in git', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, inChain) => {
        const blocks = chainOf(shape);
        const at = inChain % blocks.length;
        const before = blocks[at - 1] ?? GENESIS;
        const { entries, sealedAt } = blocks[at] as Block;
        const forged = entries.map((text) => ({
          text: text.replace('ready', 'failed'),
          at: parseEntry(text).at,
        }));
        const verifier = verify(blocks.with(at, sealBlock(before, forged, sealedAt)));
        verifier.checkHead(headOf(blocks));
        expect(codes(verifier)).toContain(at === blocks.length - 1 ? 'head-differs' : 'chain-broken');
      }),
    );
  });

  it('sees a block that is gone, and a tail that was cut off', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, inChain) => {
        const blocks = chainOf(shape);
        const at = inChain % blocks.length;
        const without = verify(blocks.toSpliced(at, 1));
        without.checkHead(headOf(blocks));
        expect(codes(without)).toContain(at === blocks.length - 1 ? 'chain-cut' : 'block-missing');
        const cut = verify(blocks.slice(0, at));
        cut.checkHead(headOf(blocks));
        expect(codes(cut)).toEqual(new Set(['chain-cut']));
      }),
    );
  });

  it('sees blocks in another order, and an entry that was sealed twice', () => {
    const blocks = chainOf({ sizes: [1, 1, 1], items: 1 });
    const [first, second, third] = blocks as [Block, Block, Block];
    const swapped = [first, { ...third, block: 2 }, { ...second, block: 3 }];
    expect(codes(verify(swapped))).toContain('chain-broken');
    const again = sealBlock(third, [{ text: first.entries[0] as string, at: 0 }], 0);
    expect(verify([...blocks, again]).problems).toMatchObject([{ code: 'entry-twice', block: 4 }]);
  });
});

describe('verifying the log of an item', () => {
  const item = JSON.stringify(['RELEASE#0', 'RELEASE']);

  /** What an item knows after its entries were sealed. */
  const logOf = (verifier: ChainVerifier) => (verifier.entriesOf.get(item) ?? []).slice(-LOG_LENGTH);

  it('finds nothing wrong with the log as the sealer leaves it, also when more was sealed since', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (sizes, seen) => {
          const blocks = chainOf({ sizes, items: 1 });
          const known = verify(blocks.slice(0, 1 + (seen % blocks.length)));
          const sealed = logOf(verify(blocks));
          const chain = known.entriesOf.get(item) ?? [];
          expect(verifyLog(item, chain, { sealed, held: [] }, known.head.block)).toEqual([]);
        },
      ),
    );
  });

  it('sees that the chain lacks what an item remembers, and an item what the chain has', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }), (sizes) => {
        const blocks = chainOf({ sizes, items: 1 });
        const whole = verify(blocks);
        const cut = verify(blocks.slice(0, -1));
        const log = { sealed: logOf(whole), held: [] };
        const chain = whole.entriesOf.get(item) ?? [];
        const missing = verifyLog(item, cut.entriesOf.get(item) ?? [], log, whole.head.block);
        expect(new Set(missing.map(({ code }) => code))).toEqual(new Set(['entry-missing']));
        const lacking = verifyLog(item, chain, { ...log, sealed: log.sealed.slice(1) }, whole.head.block);
        expect(lacking.map(({ code }) => code)).toContain('log-cut');
      }),
    );
  });

  it('takes an entry that is sealed and still held for known', () => {
    const blocks = chainOf({ sizes: [2], items: 1 });
    const chain = verify(blocks).entriesOf.get(item) ?? [];
    const held = chain.map(({ hash }) => hash);
    expect(verifyLog(item, chain, { sealed: [], held }, 1)).toEqual([]);
  });
});
