import { inParallel } from '../concurrency/in-parallel.ts';
import type { Mark } from './mark.ts';
import type { Outbox } from './outbox.ts';

/** An outbox that keeps what it is given until it is told to send it. */
export interface DeferredOutbox extends Outbox {
  /** Sends what was kept. */
  flush(): Promise<void>;
}

const PARALLEL = 25;

/** For messages that must not hold up the work that makes them; those that are lost with it, the sweeper sends. */
export function deferredOutbox(outbox: Outbox): DeferredOutbox {
  let kept: { readonly itemId: string; readonly mark: Mark }[] = [];
  return {
    send: async (itemId, mark) => {
      kept.push({ itemId, mark });
    },
    async flush() {
      const sending = kept;
      kept = [];
      await inParallel(sending, PARALLEL, ({ itemId, mark }) => outbox.send(itemId, mark));
    },
  };
}
