import { AuditChainStore, HeldLogStore, sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { dueItems } from '../../shared/adapters/dynamodb/due-items.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { sqsDeadLetters } from '../../shared/adapters/sqs/dead-letters.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import { sweeperRequest } from '../../shared/messages/sweeper-invocation.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { createMeter, metered } from '../../shared/runtime/meter.ts';
import { sweeperEnv } from './env.ts';
import { makeSealer, makeSweeper, makeSweeperRequests, type SweeperPorts } from './sweeper.ts';

const env = readEnv(sweeperEnv);
const logger = createLogger('sweeper');
const meter = createMeter('sweeper', env.METRICS_NAMESPACE, METRICS);
const table = new TableClient(env.TABLE_NAME, callOrigin('sweeper'));

const ports: SweeperPorts = {
  due: dueItems(table),
  deadLetters: sqsDeadLetters({
    queueUrls: {
      events: env.EVENTS_DLQ_URL,
      'render-requests': env.RENDER_REQUESTS_DLQ_URL,
      'gitops-writes': env.GITOPS_WRITES_DLQ_URL,
      notifications: env.NOTIFICATIONS_DLQ_URL,
    },
  }),
  outbox: sqsOutbox({
    queueUrls: {
      events: env.EVENTS_QUEUE_URL,
      'render-requests': env.RENDER_REQUESTS_QUEUE_URL,
      'gitops-writes': env.GITOPS_WRITES_QUEUE_URL,
      notifications: env.NOTIFICATIONS_QUEUE_URL,
    },
    onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
  }),
  resend: resendPolicy(env.RESEND_AFTER_SECONDS),
  clock: Date.now,
};
const sweep = makeSweeper(ports);
const answer = makeSweeperRequests(ports);

const seal = makeSealer({
  chain: new AuditChainStore(table),
  logs: new HeldLogStore(table),
  ledger: sealLedger(table),
  clock: Date.now,
});

/** Invoked by its schedule, and by operators through the admin function. */
export const handler = metered(meter, async (event: unknown): Promise<unknown> => {
  const request = sweeperRequest.safeParse(event);
  if (request.success) return answer(request.data);
  const report = await sweep();
  meter.record('MessagesResent', report.sent);
  meter.record('OverdueAge', report.overdueMs / 1000);
  if (report.due > 0) logger.info('swept', { ...report });
  const sealed = await seal();
  meter.record('AuditUnsealedAge', sealed.unsealedMs / 1000);
  if (sealed.entries > 0) logger.info('sealed', { ...sealed });
  return undefined;
});
