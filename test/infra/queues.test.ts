import { describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../shared/contract/functions.ts';
import { QUEUES } from '../../shared/contract/queues.ts';
import { ofType, type Resource, resolved, synthesise, theOne } from './synthesised.ts';

const { service } = synthesise();
const SQS = 'AWS::SQS::Queue';

describe.each(Object.entries(QUEUES))('the queue %s', (name, spec) => {
  const prefix = name.replaceAll('-', '');
  const [queueId, queue] = theOne(service, SQS, new RegExp(`^${prefix}Queue`));
  const [deadLettersId, deadLetters] = theOne(service, SQS, new RegExp(`^${prefix}DeadLetters`));
  const source = sourceOf(queueId);

  test('gives up on a message after the receives of the contract, and keeps it for a look', () => {
    expect(resolved(queue.Properties.RedrivePolicy.deadLetterTargetArn)).toBe(`${deadLettersId}.Arn`);
    expect(queue.Properties.RedrivePolicy.maxReceiveCount).toBe(spec.maxReceives);
    expect(deadLetters.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  test('hides a message for at least six times its consumer may take', () => {
    const { timeoutSeconds } = FUNCTIONS[spec.consumer];
    expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeoutSeconds);
  });

  test('is FIFO, with its dead-letter queue, only where the contract says so', () => {
    expect(queue.Properties.FifoQueue ?? false).toBe(spec.fifo);
    expect(deadLetters.Properties.FifoQueue ?? false).toBe(spec.fifo);
  });

  test('is encrypted and refuses plain HTTP', () => {
    for (const [id, { Properties }] of [
      [queueId, queue],
      [deadLettersId, deadLetters],
    ] as const) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      expect(denials(id)).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    }
  });

  test('feeds its consumer, which answers for each message', () => {
    expect(resolved(source.Properties.FunctionName)).toMatch(new RegExp(`^${spec.consumer}Function`));
    expect(source.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(source.Properties.BatchSize).toBe(spec.batchSize);
    if (spec.fifo) expect(source.Properties.BatchSize).toBeLessThanOrEqual(10);
  });

  test('never meets a consumer of reserved concurrency, unless FIFO groups bound it', () => {
    const consumer = theOne(service, 'AWS::Lambda::Function', new RegExp(`^${spec.consumer}Function`))[1];
    const reserved = consumer.Properties.ReservedConcurrentExecutions;
    if (!spec.fifo) expect(reserved).toBeUndefined();
    const bound = source.Properties.ScalingConfig?.MaximumConcurrency;
    expect(spec.fifo ? bound === undefined : bound >= 2).toBe(true);
  });
});

test('no queue exists beside those of the contract and their dead-letter queues', () => {
  expect(ofType(service, SQS)).toHaveLength(2 * Object.keys(QUEUES).length);
});

function sourceOf(queueId: string): Resource {
  const sources = ofType(service, 'AWS::Lambda::EventSourceMapping').map(([, source]) => source);
  const source = sources.find(({ Properties }) => resolved(Properties.EventSourceArn) === `${queueId}.Arn`);
  if (!source) throw new Error(`nothing is fed from ${queueId}`);
  return source;
}

function denials(queueId: string): unknown[] {
  return ofType(service, 'AWS::SQS::QueuePolicy')
    .filter(([, { Properties }]) => Properties.Queues.map(resolved).includes(queueId))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .filter(({ Effect, Principal }) => Effect === 'Deny' && Principal.AWS === '*')
    .map(({ Condition }) => Condition);
}
