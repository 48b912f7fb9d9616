import { deliveryStore, noticeStore } from '../../shared/adapters/dynamodb/notice-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { messenger } from '../../shared/adapters/notify/messenger.ts';
import { namedSecrets } from '../../shared/adapters/secrets/named-secrets.ts';
import { secretReader } from '../../shared/adapters/secrets/secret-reader.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { notificationMessage } from '../../shared/messages/message.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { notifierEnv } from './env.ts';
import { makeNotifier } from './notifier.ts';

/** A third of what an invocation has: a receiver that does not answer leaves time to note it. */
const TIMEOUT_MS = 10_000;

const env = readEnv(notifierEnv);
const logger = createLogger('notifier');
const table = new TableClient(env.TABLE_NAME, callOrigin('notifier'));
const secrets = secretReader(Date.now);
const deployed = readDeployed(env.SETTINGS);
const currentSettings = settingsReader({ deployed, versions: new SettingsStore(table), clock: Date.now });

const notifier = madeOf(currentSettings, (settings) =>
  makeNotifier({
    releases: new ReleaseStore(table),
    notices: noticeStore(table),
    deliveries: deliveryStore(table),
    channels: settings.notifications,
    messenger: messenger({
      secret: namedSecrets(() => secrets(env.NOTIFICATION_SECRETS_ID)),
      log: (channel, notice) => logger.info('notification', { channel, notice }),
      allowLoopback: env.NOTIFICATION_ALLOW_LOOPBACK === 'true',
      timeoutMs: TIMEOUT_MS,
      clock: Date.now,
    }),
    outbox: sqsOutbox({
      queueUrls: { notifications: env.NOTIFICATIONS_QUEUE_URL },
      onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
    }),
    resend: resendPolicy(env.RESEND_AFTER_SECONDS),
    clock: Date.now,
    onGivenUp: ({ notice, channel, attempts, problem }) =>
      logger.error('notification given up', {
        noticeId: notice.id,
        type: notice.type,
        channel,
        attempts,
        problem,
      }),
  }),
);

export const handler = queueHandler(notificationMessage, logger, async (message) =>
  (await notifier())(message),
);
