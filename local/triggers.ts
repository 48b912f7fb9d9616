import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { SQSClient } from '@aws-sdk/client-sqs';
import { QUEUES } from '../shared/contract/queues.ts';
import type { QueueName } from '../shared/messages/mark.ts';
import type { ServiceAddresses } from './backing-services.ts';
import { LOCAL_AWS } from './embedded/local-aws.ts';
import { type EventSource, startEventSource } from './event-source/event-source.ts';
import type { FunctionLog } from './host/function-log.ts';
import type { LambdaHost } from './host/host.ts';
import { concurrencyOf } from './hosted-functions.ts';
import { startSchedule } from './scheduler.ts';

export interface Triggers {
  /** Takes no more messages, waits a little for what was taken, and resolves. */
  close(): Promise<void>;
}

export interface TriggersOptions {
  readonly services: ServiceAddresses;
  readonly host: LambdaHost;
  readonly log: FunctionLog;
  readonly sweepEverySeconds: number;
  readonly keepHeadEverySeconds: number;
}

/** What was taken and is not done by then comes back at the next start. */
const GRACE_MS = 3000;

/** Starts what invokes functions without being asked: an event source for each queue, and the schedules. */
export function startTriggers(options: TriggersOptions): Triggers {
  const { services, host, log, sweepEverySeconds, keepHeadEverySeconds } = options;
  const { region, credentials } = LOCAL_AWS;
  const client = new SQSClient({ endpoint: services.sqs, region, credentials });
  const sources = (Object.keys(QUEUES) as QueueName[]).map((queue): EventSource => {
    const spec = QUEUES[queue];
    return startEventSource({
      client,
      queueUrl: services.queueUrls[queue],
      spec,
      invoke: host.invoke,
      concurrency: concurrencyOf(spec.consumer),
      log: (message, details) => log.report(spec.consumer, `${queue}: ${message} ${describe(details)}`),
    });
  });
  const schedules = [
    startSchedule(
      sweepEverySeconds,
      () => host.invoke('sweeper', {}),
      (problem) => log.report('sweeper', problem),
    ),
    startSchedule(
      keepHeadEverySeconds,
      () => host.invoke('writer', { ask: 'keep-audit-head' }),
      (problem) => log.report('writer', problem),
    ),
  ];
  return {
    close: async () => {
      const stopped = Promise.all([...sources, ...schedules].map((trigger) => trigger.stop()));
      await Promise.race([stopped, sleep(GRACE_MS, undefined, { ref: false })]);
      await host.close();
      await stopped;
      client.destroy();
    },
  };
}

function describe(details: Readonly<Record<string, unknown>>): string {
  const { error, ...others } = details;
  const cause = error instanceof Error ? { error: error.message } : {};
  return inspect({ ...others, ...cause }, { breakLength: Number.POSITIVE_INFINITY });
}
