import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { QUEUES, visibilitySeconds } from '../../shared/contract/queues.ts';
import type { QueueName } from '../access.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * A queue of the contract with its dead-letter queue. A dead letter is a fault to look at, never lost work: the table
 * remembers what is due, and the sweeper sends it again.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly #batchSize: number;

  constructor(scope: Construct, name: QueueName) {
    super(scope, name);
    const { fifo, batchSize, maxReceives } = QUEUES[name];
    this.#batchSize = batchSize;
    const common: QueueProps = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // CloudFormation knows no `FifoQueue: false`.
      ...(fifo && { fifo: true }),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      visibilityTimeout: Duration.seconds(visibilitySeconds(name)),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxReceives },
    });
  }

  /** Feeds the queue's messages to a function, which says for each whether it must come again. */
  feed({ lambda }: ServiceFunction, maxConcurrency: number | undefined): void {
    lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: this.#batchSize,
        reportBatchItemFailures: true,
        ...(maxConcurrency !== undefined && { maxConcurrency }),
      }),
    );
  }
}
