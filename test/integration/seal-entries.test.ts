import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditChainStore, HeldLogStore, sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { type AuditEntry, parseEntry } from '../../shared/audit/entry.ts';
import { type SealPorts, sealEntries } from '../../shared/audit/seal-entries.ts';
import { ChainVerifier } from '../../shared/audit/verify-chain.ts';
import { type EmbeddedWithFaults, startEmbedded } from '../support/embedded.ts';
import { accept, artifactDocument, holdBy, makeStores, type Stores } from '../support/stores.ts';
import { overriding } from '../support/writer.ts';

const TARGET = { app: 'shop', env: 'staging' };

let embedded: EmbeddedWithFaults;
let stores: Stores;
let chain: AuditChainStore;
beforeEach(async () => {
  embedded = await startEmbedded({ faults: true });
  stores = makeStores(embedded);
  chain = new AuditChainStore(stores.table);
});
afterEach(() => embedded.close());

function ports(): SealPorts {
  const { table } = stores;
  return { chain, logs: new HeldLogStore(table), ledger: sealLedger(table), clock: Date.now };
}
const seal = (changed: Partial<SealPorts> = {}) =>
  sealEntries({ ...ports(), ...changed }, Number.POSITIVE_INFINITY);

async function verified() {
  const verifier = new ChainVerifier();
  const head = await chain.head();
  for (const block of await chain.range(1, head?.block ?? 0)) verifier.add(block);
  return verifier;
}

async function entries(): Promise<AuditEntry[]> {
  const head = await chain.head();
  return (await chain.range(1, head?.block ?? 0)).flatMap((block) => block.entries.map(parseEntry));
}
const actions = async () => (await entries()).map(({ action }) => action);

describe('sealing', () => {
  it('moves what items hold into the chain, in the order in which it happened, and leaves nothing due', async () => {
    await accept(stores, artifactDocument());
    await stores.targets.hold(TARGET, holdBy('jane', 'a look first'));
    await stores.targets.liftHold(TARGET, holdBy('jane', 'a look first').id);
    expect(await seal()).toEqual({ blocks: 1, entries: 3, unsealedMs: 0 });
    expect(await actions()).toEqual(['artifact.accept', 'target.hold', 'target.resume']);
    expect((await entries())[1]).toMatchObject({
      actor: 'jane',
      object: 'target/staging/shop',
      outcome: 'held',
      reason: 'a look first',
      from: { function: 'test' },
    });
    expect(await seal()).toEqual({ blocks: 0, entries: 0, unsealedMs: 0 });
    expect(await new HeldLogStore(stores.table).list(10)).toEqual([]);
    expect((await verified()).problems).toEqual([]);
  });

  it('keeps what is noted while the log of the same item is being sealed', async () => {
    await stores.targets.hold(TARGET, holdBy('jane', 'one'));
    const { logs } = ports();
    let noted = 0;
    const noteSealed: SealPorts['logs']['noteSealed'] = async (log, blockOf) => {
      noted += 1;
      if (noted === 1) await stores.targets.hold(TARGET, holdBy('joe', 'two'));
      return logs.noteSealed(log, blockOf);
    };
    await seal({ logs: overriding(logs, { noteSealed }) });
    expect((await entries()).map(({ reason }) => reason)).toEqual(['one', 'two']);
    expect((await verified()).problems).toEqual([]);
  });

  it('brings each entry into the chain exactly once, whichever step of it dies', async () => {
    const die = () => Promise.reject(new Error('died'));
    for (const when of ['before', 'after'] as const) {
      for (const step of ['append', 'noteSealed', 'note'] as const) {
        await stores.targets.hold(TARGET, holdBy('jane', `${step} ${when}`));
        await accept(stores, artifactDocument({ id: `${step}-${when}` }));
        const { chain: blocks, logs, ledger } = ports();
        const dying =
          <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
          async (...args: A): Promise<R> => {
            if (when === 'after') await call(...args);
            return die();
          };
        await expect(
          seal({
            chain:
              step === 'append' ? overriding(blocks, { append: dying(blocks.append.bind(blocks)) }) : blocks,
            logs:
              step === 'noteSealed'
                ? overriding(logs, { noteSealed: dying(logs.noteSealed.bind(logs)) })
                : logs,
            ledger: step === 'note' ? { ...ledger, note: dying(ledger.note) } : ledger,
          }),
        ).rejects.toThrow('died');
      }
    }
    await seal();
    const all = await entries();
    expect(all).toHaveLength(12);
    expect(new Set(all.map(({ id }) => id)).size).toBe(12);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort());
    expect((await verified()).problems).toEqual([]);
  });

  it('seals each entry once when several seal at the same time, over indexes that lag and answers that are lost', {
    // The client waits for up to seconds before it asks again.
    timeout: 90_000,
  }, async () => {
    await embedded.faults.set({ indexLagMs: [0, 50], loseAnswer: 0.1, throttle: 0.05 });
    for (let n = 0; n < 12; n += 1) {
      await accept(stores, artifactDocument({ id: `a-${n}` }));
      if (n % 4 === 3) await Promise.allSettled([seal(), seal(), seal()]);
    }
    await embedded.faults.set({});
    while ((await entries()).length < 12) await seal();
    const objects = (await entries()).map(({ object }) => object);
    expect(new Set(objects).size).toBe(12);
    expect(objects).toHaveLength(12);
    expect((await verified()).problems).toEqual([]);
  });

  it('seals once what a write brings back that the client sent twice', async () => {
    await stores.targets.hold(TARGET, holdBy('jane', 'twice'));
    const key = keys.target(TARGET);
    const before = await stores.table.get(key);
    await seal();
    const [name, text] =
      Object.entries(before ?? {}).find(([attribute]) => attribute.startsWith('audit:')) ?? [];
    await stores.table.update(
      key,
      {
        UpdateExpression: 'SET #e = :e, auditPk = :pk, auditSk = :sk, auditWrites = auditWrites + :one',
        ExpressionAttributeNames: { '#e': String(name) },
        ExpressionAttributeValues: {
          ':e': text,
          ':pk': before?.['auditPk'],
          ':sk': before?.['auditSk'],
          ':one': 1,
        },
      },
      { notAudited: 'the same write again' },
    );
    await seal();
    expect(await actions()).toEqual(['target.hold']);
    expect(await new HeldLogStore(stores.table).list(10)).toEqual([]);
  });

  it('refuses to go on when the end of the chain is gone', async () => {
    for (const id of ['a', 'b']) {
      await accept(stores, artifactDocument({ id }));
      await seal();
    }
    await stores.table.remove(keys.auditBlock(2), { notAudited: 'done by an intruder' });
    await expect(seal()).rejects.toMatchObject({ code: 'audit-chain-cut' });
    await accept(stores, artifactDocument({ id: 'c' }));
    await expect(seal()).rejects.toMatchObject({ code: 'audit-chain-cut' });
  });
});

describe('an entry in the table', () => {
  it('is named when one byte of it is changed', async () => {
    await accept(stores, artifactDocument());
    await stores.targets.hold(TARGET, holdBy('jane', 'a look first'));
    await seal();
    const block = await chain.head();
    const index = block?.entries.findIndex((text) => text.includes('jane')) ?? -1;
    const text = block?.entries[index] ?? '';
    await stores.table.update(
      keys.auditBlock(1),
      {
        UpdateExpression: `SET entries[${index}] = :forged`,
        ExpressionAttributeValues: { ':forged': text.replace('jane', 'jade') },
      },
      { notAudited: 'done by an intruder' },
    );
    const { id } = parseEntry(text);
    expect((await verified()).problems).toMatchObject([{ code: 'entry-changed', block: 1, entry: id }]);
  });
});
