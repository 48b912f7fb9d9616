import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { inParallel } from '../concurrency/in-parallel.ts';
import { forCall } from './call-origin.ts';
import type { Logger } from './logger.ts';

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const PARALLEL = 10;

/**
 * A consumer of a standard queue. Each record has its own fate: done, or reported by its id, so that it comes back
 * when its visibility ends and goes to the dead-letter queue when that does not help. What can't be parsed never gets
 * as far as the work.
 */
export function queueHandler<M>(
  schema: z.ZodType<M>,
  logger: Logger,
  work: (message: M) => Promise<Readonly<Record<string, unknown>>>,
): QueueHandler {
  return async (event) => {
    const failed = await inParallel(event.Records, PARALLEL, async (record) => {
      const startedAt = Date.now();
      try {
        const message = parse(schema, record);
        logger.info('record', {
          messageId: record.messageId,
          correlationId: correlationIdOf(message),
          event: message,
          ...(await forCall(correlation(message), () => work(message))),
          ms: Date.now() - startedAt,
        });
        return undefined;
      } catch (error) {
        logger.error('record failed', {
          error,
          messageId: record.messageId,
          body: record.body.slice(0, 500),
        });
        return record.messageId;
      }
    });
    return report(failed.filter((id) => id !== undefined));
  };
}

/**
 * A consumer of a FIFO queue, whose messages are only wake-ups: it gets all that can be parsed at once. What can't is
 * reported with everything after it in its group, as FIFO asks.
 */
export function wakeUpHandler<M>(
  schema: z.ZodType<M>,
  logger: Logger,
  work: (messages: readonly M[], remainingMs: () => number) => Promise<void>,
): QueueHandler {
  return async (event, context) => {
    const messages: M[] = [];
    const broken: SQSRecord[] = [];
    for (const record of event.Records) {
      try {
        messages.push(parse(schema, record));
      } catch (error) {
        logger.error('record failed', {
          error,
          messageId: record.messageId,
          body: record.body.slice(0, 500),
        });
        broken.push(record);
      }
    }
    await work(messages, () => context.getRemainingTimeInMillis());
    return report(withFollowers(event.Records, broken));
  };
}

/** What a message was sent for, where it says so. */
function correlation(message: unknown): { readonly correlationId?: string } {
  const { correlationId } = message as { readonly correlationId?: unknown };
  return typeof correlationId === 'string' ? { correlationId } : {};
}

function parse<M>(schema: z.ZodType<M>, record: SQSRecord): M {
  return schema.parse(JSON.parse(record.body));
}

/** What began it all may have been given a name, which everything that follows from it carries. */
function correlationIdOf(message: unknown): unknown {
  return (message as { readonly correlationId?: unknown } | null)?.correlationId;
}

function withFollowers(records: readonly SQSRecord[], broken: readonly SQSRecord[]): string[] {
  const stopped = new Set<string | undefined>();
  return records.flatMap((record) => {
    const group = record.attributes.MessageGroupId;
    if (broken.includes(record)) stopped.add(group);
    return stopped.has(group) ? [record.messageId] : [];
  });
}

function report(ids: readonly string[]): SQSBatchResponse {
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
}
