import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { deadLetterName, mapQueues, sqsName } from '../../local/embedded/queue-names.ts';
import { QUEUES } from '../../shared/contract/queues.ts';
import type { QueueName } from '../../shared/messages/mark.ts';

/**
 * Endpoint of somebody else's DynamoDB and SQS, which tests are to speak to instead of the embedded ones: what the
 * adapters rely on must not be a peculiarity of ours.
 */
export const ELSEWHERE = process.env['GIMLETD_TEST_AWS'];

/** Services there, as the embedded ones are; queues of their own for each caller. */
export async function startElsewhere(endpoint: string, visibilitySeconds: number) {
  const { region, credentials } = LOCAL_AWS;
  const client = new SQSClient({ endpoint, region, credentials });
  const prefix = randomUUID().slice(0, 8);
  const urls = new Map<string, string>();
  for (const queue of Object.keys(QUEUES) as QueueName[]) {
    const { fifo, maxReceives } = QUEUES[queue];
    const kind = fifo ? { FifoQueue: 'true' } : {};
    const dlq = await createQueue(client, `${prefix}-${deadLetterName(queue)}`, kind);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dlq, AttributeNames: ['QueueArn'] }),
    );
    const redrive = { deadLetterTargetArn: Attributes?.['QueueArn'], maxReceiveCount: maxReceives };
    const url = await createQueue(client, `${prefix}-${sqsName(queue)}`, {
      ...kind,
      VisibilityTimeout: String(visibilitySeconds),
      RedrivePolicy: JSON.stringify(redrive),
    });
    urls.set(queue, url).set(deadLetterName(queue), dlq);
  }
  client.destroy();
  const close = () => Promise.resolve();
  const found = (name: string) => urls.get(name) ?? '';
  return {
    tableName: `gimletd-${prefix}`,
    dynamodb: { endpoint, close },
    sqs: {
      ...{ endpoint, close },
      queueUrls: mapQueues(found),
      dlqUrls: mapQueues((queue) => found(deadLetterName(queue))),
    },
  };
}

async function createQueue(
  client: SQSClient,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  return String(QueueUrl);
}
