import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createLogger } from '../../../shared/runtime/logger.ts';
import { queueHandler, wakeUpHandler } from '../../../shared/runtime/queue-handler.ts';

const message = z.object({ n: z.number() });
const logger = createLogger('test');
logger.setLogLevel('SILENT');

function event(...bodies: (readonly [body: string, group?: string])[]): SQSEvent {
  return {
    Records: bodies.map(
      ([body, group], index) =>
        ({
          messageId: `m${index}`,
          body,
          attributes: group === undefined ? {} : { MessageGroupId: group },
        }) as SQSRecord,
    ),
  };
}

const context = { getRemainingTimeInMillis: () => 1_000 } as Context;
const failures = (ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a consumer of a standard queue', () => {
  it('reports each record that failed or could not be read, and no other', async () => {
    const done: number[] = [];
    const handler = queueHandler(message, logger, async ({ n }) => {
      if (n === 2) throw new Error('two');
      done.push(n);
      return {};
    });
    const answer = await handler(event(['{"n":1}'], ['{"n":2}'], ['{'], ['{"n":"x"}'], ['{"n":3}']), context);
    expect(answer).toEqual(failures(['m1', 'm2', 'm3']));
    expect(done).toEqual([1, 3]);
  });
});

describe('a consumer of wake-ups', () => {
  it('gets all that can be read at once, and reports what can’t with everything after it in its group', async () => {
    const got: number[][] = [];
    const handler = wakeUpHandler(message, logger, async (messages) => {
      got.push(messages.map(({ n }) => n));
    });
    const answer = await handler(
      event(['{"n":1}', 'a'], ['?', 'a'], ['{"n":3}', 'b'], ['{"n":4}', 'a']),
      context,
    );
    expect(got).toEqual([[1, 3, 4]]);
    expect(answer).toEqual(failures(['m1', 'm3']));
  });

  it('fails as a whole when the work has a fault of ours', async () => {
    const handler = wakeUpHandler(message, logger, () => Promise.reject(new TypeError('bug')));
    await expect(handler(event(['{"n":1}', 'a']), context)).rejects.toThrow('bug');
  });
});
