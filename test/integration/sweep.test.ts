import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { resendDelayMs } from '../../shared/messages/mark.ts';
import { sweep } from '../../shared/messages/sweep.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { type EmbeddedWithFaults, startEmbedded } from '../support/embedded.ts';
import {
  accept,
  artifactDocument,
  makeStores,
  markOf,
  RESEND,
  receive,
  type Stores,
} from '../support/stores.ts';

let embedded: EmbeddedWithFaults;
let stores: Stores;
beforeEach(async () => {
  embedded = await startEmbedded({ faults: true });
  stores = makeStores(embedded);
});
afterEach(() => embedded.close());

const sweepAt = (now: number) => sweep(stores, { now, limit: 100, resend: RESEND });

describe('the sweeper', () => {
  it('sends again what was lost, when it is due and not before', async () => {
    const now = Date.now();
    embedded.faults.dropMessage('events', 1);
    const { id } = await accept(stores, artifactDocument(), now);
    expect(await receive(embedded, 'events')).toEqual([]);
    expect(await sweepAt(now + RESEND.firstMs - 1)).toEqual({ due: 0, sent: 0, overdueMs: 0 });
    expect(await sweepAt(now + RESEND.firstMs)).toEqual({ due: 1, sent: 1, overdueMs: 0 });
    expect(await receive(embedded, 'events')).toEqual([{ type: 'artifact', artifactId: id }]);
  });

  it('waits longer after each send, and never forgets', async () => {
    let now = Date.now();
    const { id } = await accept(stores, artifactDocument(), now);
    for (let sends = 1; sends <= 10; sends += 1) {
      now += resendDelayMs(sends, RESEND);
      expect(await sweepAt(now - 1)).toEqual({ due: 0, sent: 0, overdueMs: 0 });
      expect((await sweepAt(now)).sent).toBe(1);
    }
    expect(await markOf(stores, keys.artifact(id))).toMatchObject({ sends: 11, dueAt: now + RESEND.maxMs });
  });

  it('leaves a mark that the next change of state has replaced, though the index still shows the old one', async () => {
    const now = Date.now();
    const { id } = await accept(stores, artifactDocument(), now);
    embedded.faults.set({ indexLagMs: [60_000, 60_000] });
    await decideArtifact(stores, { artifactId: id }, now);
    expect(await sweepAt(now + RESEND.firstMs)).toMatchObject({ sent: 0 });
    expect(await markOf(stores, keys.artifact(id))).toBeUndefined();
  });

  it('sends once when two of them run at the same time', async () => {
    const now = Date.now();
    await accept(stores, artifactDocument(), now);
    const reports = await Promise.all([sweepAt(now + RESEND.firstMs), sweepAt(now + RESEND.firstMs)]);
    expect(reports.map(({ sent }) => sent).sort()).toEqual([0, 1]);
  });

  it('takes the oldest first when there is more than it can send', async () => {
    const now = Date.now();
    for (const n of [1, 2, 3]) await accept(stores, artifactDocument({ id: `a-${n}` }), now + n);
    const items = await stores.due.list(now + RESEND.firstMs * 2, 2);
    expect(items.map(({ mark }) => mark.message)).toMatchObject([
      { artifactId: 'a-1' },
      { artifactId: 'a-2' },
    ]);
  });
});
