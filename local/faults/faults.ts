import type { QueueName } from '../../shared/messages/mark.ts';
import { sqsName } from '../embedded/queue-names.ts';
import { DynamoDbFaults } from './dynamodb-faults.ts';
import type { FaultSettings, FaultStats } from './fault-settings.ts';
import { LoseAnswers } from './lose-answers.ts';
import { Random } from './random.ts';
import { SqsFaults } from './sqs-faults.ts';
import { startProxy, Upstream } from './wire.ts';

export interface FaultsOptions {
  /** Endpoints of the services behind. */
  readonly dynamodb: string;
  readonly sqs: string;
  /** Of what goes wrong when. The order in which concurrent calls come in is not in our hands. */
  readonly seed: number;
}

export interface Faults {
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  /** The same queue's URL on this side: SDKs send to the URL's host unless a client is given its endpoint in code. */
  queueUrl(url: string): string;
  /** From now on exactly these; `{}` for none. Resolves when they are in force. */
  set(settings: FaultSettings): Promise<void>;
  /** Answers success to the next `count` messages sent to the queue, and throws them away. */
  dropMessage(queue: QueueName, count?: number): void;
  /** Does the next `count` calls of an operation (`UpdateItem`, `SendMessage`) and loses their answers. */
  loseNext(operation: string, count?: number): void;
  stats(): Readonly<FaultStats>;
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB and an SQS endpoint that pass every call on to the services behind, and do to it what is set:
 * emulators are kinder than AWS. Without anything set they change nothing.
 */
export async function startFaults(options: FaultsOptions): Promise<Faults> {
  const random = new Random(options.seed);
  const stats: FaultStats = {
    throttled: 0,
    partlyProcessed: 0,
    answersLost: 0,
    duplicated: 0,
    dropped: 0,
    staleIndexReads: 0,
  };
  const loseAnswers = new LoseAnswers(random, stats);
  const services = [new Upstream(options.dynamodb), new Upstream(options.sqs)] as const;
  const dynamodb = new DynamoDbFaults(services[0], random, stats, loseAnswers);
  const sqs = new SqsFaults(services[1], random, stats, loseAnswers);
  const proxies = await Promise.all([
    startProxy((call) => dynamodb.handle(call)),
    startProxy((call) => sqs.handle(call)),
  ]);
  return {
    dynamodbEndpoint: proxies[0].endpoint,
    sqsEndpoint: proxies[1].endpoint,
    queueUrl: (url) => new URL(new URL(url).pathname, proxies[1].endpoint).href,
    set: async (settings) => {
      sqs.set(settings);
      await dynamodb.set(settings);
    },
    dropMessage: (queue, count = 1) => sqs.drop(sqsName(queue), count),
    loseNext: (operation, count = 1) => loseAnswers.loseNext(operation, count),
    stats: () => ({ ...stats }),
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await dynamodb.close();
      for (const service of services) service.close();
    },
  };
}
