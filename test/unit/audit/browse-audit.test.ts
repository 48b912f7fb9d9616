import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, type ChainHead, GENESIS, sealBlock } from '../../../shared/audit/block.ts';
import { type AuditBlocks, type AuditFilter, browseAudit } from '../../../shared/audit/browse-audit.ts';
import { type AuditEntry, auditEntry, entryText, parseEntry } from '../../../shared/audit/entry.ts';

const ACTIONS = ['release.create', 'release.move', 'releases.other', 'target.hold'] as const;
const ACTORS = ['jane', 'policy'] as const;

/** Of each entry: how long after the one before it happened, and how long it waited to be sealed with others. */
const entries = fc.record({
  action: fc.constantFrom(...ACTIONS),
  actor: fc.constantFrom(...ACTORS),
  after: fc.integer({ min: 0, max: 20 }),
  late: fc.integer({ min: 0, max: 50 }),
});
const chains = fc.array(fc.array(entries, { minLength: 1, maxLength: 4 }), { maxLength: 30 });
type Shape = typeof chains extends fc.Arbitrary<infer S> ? S : never;

function chainOf(shape: Shape): Block[] {
  const blocks: Block[] = [];
  let head: ChainHead = GENESIS;
  let [now, made] = [1_000, 0];
  for (const group of shape) {
    const sealed = group.map(({ action, actor, after, late }) => {
      now += after;
      made += 1;
      const event = { action, actor, object: `release/${made}`, outcome: 'done' };
      const nonce = String(made).padStart(16, '0');
      const item = { pk: 'RELEASE#1', sk: 'RELEASE' };
      const entry = auditEntry(event, { at: now - late, nonce, from: { function: 'writer' }, item });
      return { text: entryText(entry), at: entry.at };
    });
    const block = sealBlock(head, sealed, now);
    blocks.push(block);
    head = block;
  }
  return blocks;
}

function kept(blocks: readonly Block[]): AuditBlocks {
  return {
    head: async () => blocks.at(-1),
    range: async (first, last) => blocks.filter(({ block }) => block >= first && block <= last),
  };
}

/** All pages, one after the other; it must come to an end. */
async function browsed(blocks: readonly Block[], filter: AuditFilter, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await browseAudit(kept(blocks), filter, { limit, ...(after !== undefined && { after }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) return found;
    after = page.next;
  }
  throw new Error('the pages do not end');
}

const newestFirst = (blocks: readonly Block[]): AuditEntry[] =>
  blocks.flatMap(({ entries }) => entries.map(parseEntry)).toReversed();

describe('the pages of the trail', () => {
  it('hold every entry once, the last sealed first, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(chains, fc.integer({ min: 1, max: 9 }), async (shape, limit) => {
        const blocks = chainOf(shape);
        expect(await browsed(blocks, {}, limit)).toEqual(newestFirst(blocks).map(({ id }) => id));
      }),
    );
  });

  it('hold what the filters ask for and nothing else, however late it was sealed', async () => {
    const filters = fc.record(
      {
        since: fc.integer({ min: 900, max: 1_600 }),
        until: fc.integer({ min: 900, max: 1_600 }),
        actor: fc.constantFrom(...ACTORS),
        action: fc.constantFrom('release', 'release.move', 'target'),
        object: fc.constantFrom('release/1', 'release/7'),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(chains, filters, fc.integer({ min: 1, max: 9 }), async (shape, filter, limit) => {
        const blocks = chainOf(shape);
        const wanted = newestFirst(blocks).filter(
          ({ at, actor, action, object }) =>
            at >= (filter.since ?? 0) &&
            at <= (filter.until ?? Number.POSITIVE_INFINITY) &&
            actor === (filter.actor ?? actor) &&
            `${action}.`.startsWith(`${filter.action ?? action}.`) &&
            object === (filter.object ?? object),
        );
        expect(await browsed(blocks, filter, limit)).toEqual(wanted.map(({ id }) => id));
      }),
    );
  });

  it('come to an end where blocks or texts are not what they were', async () => {
    const long = chainOf(
      [...Array(1_500)].map(() => [{ action: 'target.hold', actor: 'jane', after: 1, late: 0 }]),
    );
    const holes = long.filter(({ block }) => block < 3 || block > 1_490);
    expect(await browsed(holes, {}, 100)).toHaveLength(12);
    expect(await browsed(holes, { actor: 'policy' }, 100)).toEqual([]);
    const broken = long.slice(0, 3).map((block) => ({ ...block, entries: block.entries.map(() => '{') }));
    expect(await browsed([...broken, ...long.slice(3, 5)], {}, 100)).toHaveLength(2);
  });
});
