import type { Letter, Outbox } from './outbox.ts';

/** An outbox that keeps what it is given until it is told to send it. */
export interface DeferredOutbox extends Outbox {
  /** Sends what was kept. */
  flush(): Promise<void>;
}

/** For messages that must not hold up the work that makes them; those that are lost with it, the sweeper sends. */
export function deferredOutbox(outbox: Outbox): DeferredOutbox {
  let kept: Letter[] = [];
  return {
    send: async (...letters) => {
      kept.push(...letters);
    },
    async flush() {
      const letters = kept;
      kept = [];
      await outbox.send(...letters);
    },
  };
}
