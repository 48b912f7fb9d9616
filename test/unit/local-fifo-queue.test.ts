import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageStore } from '../../local/embedded/sqs/message-store.ts';
import { DEFAULT_ATTRIBUTES, type Delivery } from '../../local/embedded/sqs/queue.ts';
import { openDatabase } from '../../local/embedded/sqs/schema.ts';

const VISIBILITY_SECONDS = 10;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('send' as const), group: fc.constantFrom('a', 'b', 'c') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'release' as const), which: fc.nat() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 12 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What a FIFO queue promises, as plainly as it can be said: groups of undeleted messages, some of them hidden. */
class Model {
  readonly undeleted: { body: string; group: string; hiddenUntil: number }[] = [];

  /** Of every group with nothing hidden all, in the order sent; up to `max`. */
  receivable(now: number, max: number): string[] {
    const hidden = new Set(this.undeleted.filter((one) => one.hiddenUntil > now).map((one) => one.group));
    const free = this.undeleted.filter((one) => !hidden.has(one.group));
    return free.slice(0, max).map((one) => one.body);
  }

  find(body: string) {
    return this.undeleted.find((one) => one.body === body);
  }
}

it('a FIFO queue hands over each group in order, never while a part of it is in flight, and loses nothing', () => {
  void fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      run(steps);
    }),
    { numRuns: 200 },
  );
});

function run(steps: readonly Step[]): void {
  let now = 1_000_000;
  const store = new MessageStore(openDatabase(undefined), () => now);
  store.putQueue('q.fifo', { ...DEFAULT_ATTRIBUTES, fifo: true });
  const queue = store.queue('q.fifo');
  const model = new Model();
  let held: Delivery[] = [];
  let sent = 0;
  const receive = (max: number) => {
    const expected = model.receivable(now, max);
    const received = store.receive(queue, max, VISIBILITY_SECONDS);
    expect(received.map((message) => message.body)).toEqual(expected);
    for (const { body } of received)
      Object.assign(model.find(body) ?? {}, { hiddenUntil: now + VISIBILITY_SECONDS * 1000 });
    held = [...held.filter((message) => !expected.includes(message.body)), ...received];
  };
  for (const one of steps) {
    const message = 'which' in one ? held[one.which % Math.max(held.length, 1)] : undefined;
    const known = message && model.find(message.body);
    if (one.do === 'send') {
      const body = `${sent++}`;
      store.send(queue, { body, attributes: {}, groupId: one.group, dedupId: body });
      model.undeleted.push({ body, group: one.group, hiddenUntil: 0 });
    } else if (one.do === 'receive') receive(one.max);
    else if (one.do === 'wait') now += one.seconds * 1000;
    else if (message === undefined || known === undefined || known.hiddenUntil <= now) continue;
    else if (one.do === 'release') {
      store.changeVisibility(queue, message.receipt, 0);
      known.hiddenUntil = 0;
    } else {
      store.delete(queue, message.receipt);
      model.undeleted.splice(model.undeleted.indexOf(known), 1);
    }
  }
  now += VISIBILITY_SECONDS * 1000;
  receive(10);
  store.close();
}
