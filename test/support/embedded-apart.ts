import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import type { Embedded } from './embedded.ts';

const PROCESS = join(import.meta.dirname, 'embedded-process.ts');

/** What stores need of the embedded services. */
export type EmbeddedApart = Pick<
  Embedded,
  'tableName' | 'queueUrls' | 'dynamodbConfig' | 'sqsClient' | 'close'
>;

/**
 * The embedded services in memory, in a process of their own: whoever starts many programs must stay small, or the
 * copy of its memory map that each start takes is most of what it does.
 */
export async function startEmbeddedApart(): Promise<EmbeddedApart> {
  const services = spawn(process.execPath, [PROCESS], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(services.stdout), 'line');
  const { dynamodb, sqs, queueUrls } = JSON.parse(line);
  const { region, credentials } = LOCAL_AWS;
  const sqsClient = new SQSClient({ endpoint: sqs, region, credentials });
  return {
    ...{ tableName: 'gimletd', queueUrls, sqsClient },
    dynamodbConfig: { endpoint: dynamodb, region, credentials },
    close: async () => {
      sqsClient.destroy();
      const gone = once(services, 'exit');
      services.kill('SIGKILL');
      await gone;
    },
  };
}
