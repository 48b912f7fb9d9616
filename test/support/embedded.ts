import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createTable } from '../../local/embedded/create-table.ts';
import { startDynamoDb } from '../../local/embedded/dynamodb.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { mapQueues } from '../../local/embedded/queue-names.ts';
import { startSqs } from '../../local/embedded/sqs.ts';
import { type Faults, startFaults } from '../../local/faults/faults.ts';
import { ELSEWHERE, startElsewhere } from './elsewhere.ts';

export interface EmbeddedOptions {
  /** Seconds for which received messages stay hidden; 30 unless given. */
  readonly visibilitySeconds?: number;
  /** Puts the fault layer between the clients and the services; nothing goes wrong until it is told to. */
  readonly faults?: boolean;
  /** Of the faults; 1 unless given. */
  readonly seed?: number;
}

export type Embedded = Awaited<ReturnType<typeof start>>;
export type EmbeddedWithFaults = Embedded & { readonly faults: Faults };

/**
 * An in-memory DynamoDB with the table in it and an SQS with every queue, over the wire. With faults the configs,
 * clients and URLs lead through them, and `direct` round them.
 */
export function startEmbedded(
  options: EmbeddedOptions & { readonly faults: true },
): Promise<EmbeddedWithFaults>;
export function startEmbedded(options?: EmbeddedOptions): Promise<Embedded>;
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  return start(options);
}

async function start({ visibilitySeconds = 30, faults: withFaults = false, seed = 1 }: EmbeddedOptions) {
  const { tableName, dynamodb, sqs } =
    ELSEWHERE === undefined
      ? await startHere(visibilitySeconds)
      : await startElsewhere(ELSEWHERE, visibilitySeconds);
  const options = { dynamodb: dynamodb.endpoint, sqs: sqs.endpoint, seed };
  const faults = withFaults ? await startFaults(options) : undefined;
  const direct = { dynamodbConfig: config(dynamodb.endpoint), sqsConfig: config(sqs.endpoint) };
  const dynamodbConfig = config(faults?.dynamodbEndpoint ?? dynamodb.endpoint);
  const sqsConfig = config(faults?.sqsEndpoint ?? sqs.endpoint);
  const url = (direct: string) => faults?.queueUrl(direct) ?? direct;
  const dynamodbClient = new DynamoDBClient(dynamodbConfig);
  const sqsClient = new SQSClient(sqsConfig);
  await createTable(dynamodbClient, tableName);
  return {
    tableName,
    queueUrls: mapQueues((queue) => url(sqs.queueUrls[queue])),
    dlqUrls: mapQueues((queue) => url(sqs.dlqUrls[queue])),
    dynamodbConfig,
    sqsConfig,
    dynamodbClient,
    sqsClient,
    direct,
    faults,
    close: async () => {
      dynamodbClient.destroy();
      sqsClient.destroy();
      await faults?.close();
      await Promise.all([dynamodb.close(), sqs.close()]);
    },
  };
}

async function startHere(visibilitySeconds: number) {
  const [dynamodb, sqs] = await Promise.all([
    startDynamoDb(),
    startSqs({ visibilitySeconds: () => visibilitySeconds }),
  ]);
  return { tableName: 'gimletd', dynamodb, sqs };
}

function config(endpoint: string) {
  return { endpoint, region: LOCAL_AWS.region, credentials: LOCAL_AWS.credentials };
}
