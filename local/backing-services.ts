import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { QueueName } from '../shared/messages/mark.ts';
import type { DataDirectory } from './data-directory.ts';
import { createTable } from './embedded/create-table.ts';
import { startDynamoDb } from './embedded/dynamodb.ts';
import { LOCAL_AWS } from './embedded/local-aws.ts';
import { mapQueues } from './embedded/queue-names.ts';
import { startSqs } from './embedded/sqs.ts';
import { type Faults, startFaults } from './faults/faults.ts';
import { allSettled, type Shutdown } from './shutdown.ts';

export const TABLE_NAME = 'gimletd';

/** A DynamoDB and an SQS, as one side sees them. */
export interface ServiceAddresses {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly dlqUrls: Readonly<Record<QueueName, string>>;
}

export interface BackingServices {
  /** The services themselves, for whoever wants the truth. */
  readonly direct: ServiceAddresses;
  /** As functions see them: the same, or behind the fault layer. */
  readonly seenByFunctions: ServiceAddresses;
  readonly dlqUrls: Readonly<Record<QueueName, string>>;
  readonly faults?: Faults;
}

export interface BackingServicesOptions {
  readonly data: DataDirectory;
  readonly visibilitySeconds: number;
  /** Puts the fault layer between, with everything off. */
  readonly faults?: { readonly seed: number };
}

/** Starts the table and the queues, with what the data directory has in them. */
export async function startBackingServices(
  options: BackingServicesOptions,
  shutdown: Shutdown,
): Promise<BackingServices> {
  const { data, visibilitySeconds, faults: wanted } = options;
  const [dynamodb, sqs] = await allSettled([
    startTable(data, shutdown),
    shutdown.started(startSqs({ directory: data.sqs, visibilitySeconds: () => visibilitySeconds })),
  ]);
  const { queueUrls, dlqUrls } = sqs;
  const direct = { dynamodb: dynamodb.endpoint, sqs: sqs.endpoint, queueUrls, dlqUrls };
  if (wanted === undefined) return { direct, seenByFunctions: direct, dlqUrls };
  const faults = await shutdown.started(startFaults({ ...direct, seed: wanted.seed }));
  const seenByFunctions = {
    dynamodb: faults.dynamodbEndpoint,
    sqs: faults.sqsEndpoint,
    queueUrls: mapQueues((queue) => faults.queueUrl(queueUrls[queue])),
    dlqUrls: mapQueues((queue) => faults.queueUrl(dlqUrls[queue])),
  };
  return { direct, seenByFunctions, dlqUrls, faults };
}

async function startTable(data: DataDirectory, shutdown: Shutdown): Promise<{ readonly endpoint: string }> {
  const dynamodb = await shutdown.started(startDynamoDb({ directory: data.dynamodb }));
  const { region, credentials } = LOCAL_AWS;
  const client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region, credentials });
  try {
    await createTable(client, TABLE_NAME);
  } finally {
    client.destroy();
  }
  return dynamodb;
}
