import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { QUEUES } from '../../shared/contract/queues.ts';
import type { QueueName } from '../../shared/messages/mark.ts';
import { lockDirectory } from './directory-lock.ts';
import { deadLetterName, mapQueues, sqsName } from './queue-names.ts';
import { queueUrl } from './sqs/actions.ts';
import { MessageStore } from './sqs/message-store.ts';
import { DEFAULT_ATTRIBUTES } from './sqs/queue.ts';
import { openDatabase } from './sqs/schema.ts';
import { createSqsServer } from './sqs/server.ts';

export interface EmbeddedSqs {
  readonly endpoint: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly dlqUrls: Readonly<Record<QueueName, string>>;
  close(): Promise<void>;
}

export interface SqsOptions {
  /** Where the state is kept, also through a `kill -9`; in memory without it. */
  readonly directory?: string;
  /** A free one unless given. */
  readonly port?: number;
  /** Seconds for which a received message of the queue stays hidden. */
  readonly visibilitySeconds: (queue: QueueName) => number;
  /** Unix ms: what visibility, deduplication and retention count by. */
  readonly now?: () => number;
}

/** As an operator keeps dead letters: for as long as SQS can. */
const DLQ_RETENTION_SECONDS = 14 * 24 * 3600;

/**
 * Starts an SQS in this process, on loopback only, with every queue of the contract and its dead-letter queue.
 *
 * It is our own, on `node:sqlite`, and not the fauxqs of npm: there a receive from a FIFO queue gives one message of
 * a group where SQS gives up to ten, so the writer's batches would never be seen before AWS; its window of
 * deduplication is lost with a restart; and it brings SNS, S3 and a web framework that nobody needs.
 * @throws ConflictError `local-data-in-use` when another process has the directory.
 */
export async function startSqs(options: SqsOptions): Promise<EmbeddedSqs> {
  const now = options.now ?? Date.now;
  const lock = options.directory === undefined ? undefined : lockDirectory(options.directory);
  const store = new MessageStore(openDatabase(options.directory), now);
  putQueues(store, options.visibilitySeconds);
  const server = createSqsServer(store, now);
  const close = () => {
    store.close();
    lock?.release();
  };
  try {
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    close();
    throw error;
  }
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    queueUrls: mapQueues((queue) => queueUrl(endpoint, sqsName(queue))),
    dlqUrls: mapQueues((queue) => queueUrl(endpoint, deadLetterName(queue))),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      close();
    },
  };
}

function putQueues(store: MessageStore, visibilitySeconds: (queue: QueueName) => number): void {
  for (const queue of Object.keys(QUEUES) as QueueName[]) {
    const { fifo, maxReceives } = QUEUES[queue];
    store.putQueue(deadLetterName(queue), {
      ...DEFAULT_ATTRIBUTES,
      fifo,
      retentionSeconds: DLQ_RETENTION_SECONDS,
    });
    store.putQueue(sqsName(queue), {
      ...DEFAULT_ATTRIBUTES,
      fifo,
      visibilitySeconds: visibilitySeconds(queue),
      deadLetter: { queue: deadLetterName(queue), maxReceives },
    });
  }
}
