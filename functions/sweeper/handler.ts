import { AuditChainStore, HeldLogStore, sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { dueItems } from '../../shared/adapters/dynamodb/due-items.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { createMeter, metered } from '../../shared/runtime/meter.ts';
import { sweeperEnv } from './env.ts';
import { makeSealer, makeSweeper } from './sweeper.ts';

const env = readEnv(sweeperEnv);
const logger = createLogger('sweeper');
const meter = createMeter('sweeper', env.METRICS_NAMESPACE, METRICS);
const table = new TableClient(env.TABLE_NAME, callOrigin('sweeper'));

const sweep = makeSweeper({
  due: dueItems(table),
  outbox: sqsOutbox({
    queueUrls: {
      events: env.EVENTS_QUEUE_URL,
      'render-requests': env.RENDER_REQUESTS_QUEUE_URL,
      'gitops-writes': env.GITOPS_WRITES_QUEUE_URL,
    },
    onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
  }),
  resend: resendPolicy(env.RESEND_AFTER_SECONDS),
  clock: Date.now,
});

const seal = makeSealer({
  chain: new AuditChainStore(table),
  logs: new HeldLogStore(table),
  ledger: sealLedger(table),
  clock: Date.now,
});

export const handler = metered(meter, async (): Promise<void> => {
  const report = await sweep();
  meter.record('MessagesResent', report.sent);
  meter.record('OverdueAge', report.overdueMs / 1000);
  if (report.due > 0) logger.info('swept', { ...report });
  const sealed = await seal();
  meter.record('AuditUnsealedAge', sealed.unsealedMs / 1000);
  if (sealed.entries > 0) logger.info('sealed', { ...sealed });
});
