/**
 * Runs the embedded services until it is killed: `node embedded-process.ts [directory]`; in memory without a directory.
 */
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../local/embedded/create-table.ts';
import { startDynamoDb } from '../../local/embedded/dynamodb.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { startSqs } from '../../local/embedded/sqs.ts';

const directory = process.argv[2];
const folder = (name: string) => (directory === undefined ? {} : { directory: join(directory, name) });
const dynamodb = await startDynamoDb(folder('dynamodb'));
const sqs = await startSqs({ ...folder('sqs'), visibilitySeconds: () => 30 });
await createTable(new DynamoDBClient({ endpoint: dynamodb.endpoint, ...LOCAL_AWS }), 'gimletd');
console.log(JSON.stringify({ dynamodb: dynamodb.endpoint, sqs: sqs.endpoint, queueUrls: sqs.queueUrls }));
