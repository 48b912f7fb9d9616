import { randomBytes } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { artifactBrowser } from '../../shared/adapters/dynamodb/artifact-browser.ts';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { DecisionStore } from '../../shared/adapters/dynamodb/decision-store.ts';
import { identityStore } from '../../shared/adapters/dynamodb/identity-store.ts';
import { readTokenStore } from '../../shared/adapters/dynamodb/read-token-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { functionCaller } from '../../shared/adapters/functions/function-caller.ts';
import { invokedChecker } from '../../shared/adapters/functions/invoked-renderer.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { acceptHeartbeat, heartbeatRequest } from '../../shared/artifact/heartbeat.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { createMeter, metered } from '../../shared/runtime/meter.ts';
import { makeArtifacts } from './artifacts.ts';
import { artifactsEnv } from './env.ts';

const env = readEnv(artifactsEnv);
const logger = createLogger('artifacts');
const meter = createMeter('artifacts', env.METRICS_NAMESPACE, METRICS);
const table = new TableClient(env.TABLE_NAME, callOrigin('artifacts'));
const artifacts = new ArtifactStore(table);

const deployed = readDeployed(env.SETTINGS);
const currentSettings = settingsReader({ deployed, versions: new SettingsStore(table), clock: Date.now });

const accepting = {
  store: artifacts,
  outbox: sqsOutbox({
    queueUrls: { events: env.EVENTS_QUEUE_URL },
    onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
  }),
  resend: resendPolicy(env.RESEND_AFTER_SECONDS),
};

const operations = madeOf(currentSettings, (settings) =>
  makeArtifacts({
    ...accepting,
    artifacts,
    browser: artifactBrowser(table, artifacts),
    checker: invokedChecker(functionCaller(env.RENDERER_FUNCTION_NAME)),
    decisions: new DecisionStore(table),
    meter,
    settings,
    identities: identityStore(table),
    readTokens: readTokenStore(table),
    random: randomBytes,
    clock: Date.now,
  }),
);
const answer = httpHandler(operations, logger);

/** Asked over HTTP; and, where the stage has heartbeats, by a rule. */
export const handler = metered(meter, async (event: unknown, context: Context) => {
  const { data: heartbeat } = heartbeatRequest.safeParse(event);
  if (!heartbeat) return answer(event, context);
  const { artifact, created } = await acceptHeartbeat(accepting, heartbeat, Date.now());
  logger.info('heartbeat', { artifactId: artifact.id, created });
  return { artifactId: artifact.id, created };
});
