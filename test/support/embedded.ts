import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createTable } from '../../local/embedded/create-table.ts';
import { startDynamoDb } from '../../local/embedded/dynamodb.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { startSqs } from '../../local/embedded/sqs.ts';

export interface EmbeddedOptions {
  /** Seconds for which received messages stay hidden; 30 unless given. */
  readonly visibilitySeconds?: number;
}

export type Embedded = Awaited<ReturnType<typeof startEmbedded>>;

/** An in-memory DynamoDB with the table in it and an SQS with every queue, over the wire. */
export async function startEmbedded(options: EmbeddedOptions = {}) {
  const [dynamodb, sqs] = await Promise.all([
    startDynamoDb(),
    startSqs({ visibilitySeconds: () => options.visibilitySeconds ?? 30 }),
  ]);
  const tableName = 'gimletd';
  const { region, credentials } = LOCAL_AWS;
  const dynamodbConfig = { endpoint: dynamodb.endpoint, region, credentials };
  const sqsConfig = { endpoint: sqs.endpoint, region, credentials };
  const dynamodbClient = new DynamoDBClient(dynamodbConfig);
  const sqsClient = new SQSClient(sqsConfig);
  await createTable(dynamodbClient, tableName);
  return {
    tableName,
    queueUrls: sqs.queueUrls,
    dlqUrls: sqs.dlqUrls,
    dynamodbConfig,
    sqsConfig,
    dynamodbClient,
    sqsClient,
    close: async () => {
      dynamodbClient.destroy();
      sqsClient.destroy();
      await Promise.all([dynamodb.close(), sqs.close()]);
    },
  };
}
