import { artifactBrowser } from '../../shared/adapters/dynamodb/artifact-browser.ts';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { BranchStore } from '../../shared/adapters/dynamodb/branch-store.ts';
import { ControlsStore } from '../../shared/adapters/dynamodb/controls-store.ts';
import { DecisionStore } from '../../shared/adapters/dynamodb/decision-store.ts';
import { noticeStore } from '../../shared/adapters/dynamodb/notice-store.ts';
import { PolicyStore } from '../../shared/adapters/dynamodb/policy-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { RequestStore } from '../../shared/adapters/dynamodb/request-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import { eventMessage } from '../../shared/messages/message.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { observeDecisions } from '../../shared/release/observe-decisions.ts';
import { operatorControls } from '../../shared/release/operator-controls.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { createMeter, metered } from '../../shared/runtime/meter.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { policyEnv } from './env.ts';
import { makePolicy } from './policy.ts';

const env = readEnv(policyEnv);
const logger = createLogger('policy');
const meter = createMeter('policy', env.METRICS_NAMESPACE, METRICS);
const table = new TableClient(env.TABLE_NAME, callOrigin('policy'));
const deployed = readDeployed(env.SETTINGS);
const currentSettings = settingsReader({ deployed, versions: new SettingsStore(table), clock: Date.now });
const artifacts = new ArtifactStore(table);
const resend = resendPolicy(env.RESEND_AFTER_SECONDS);

const decisions = observeDecisions(new DecisionStore(table), ({ outcome }) => {
  meter.record('DecisionsMade');
  if (outcome === 'superseded') meter.record('ReleasesSuperseded');
});

const policy = madeOf(currentSettings, (settings) =>
  makePolicy({
    artifacts,
    browser: artifactBrowser(table, artifacts),
    branches: new BranchStore(table),
    decisions,
    targets: new TargetStore(table),
    // What ends here has waited: the sweeper may send the word of it.
    releases: announceEndings(new ReleaseStore(table), {
      channels: settings.notifications,
      resend,
      clock: Date.now,
    }),
    requests: new RequestStore(table),
    policies: new PolicyStore(table),
    controls: operatorControls(new ControlsStore(table), settings),
    notices: noticeStore(table),
    outbox: sqsOutbox({
      queueUrls: {
        events: env.EVENTS_QUEUE_URL,
        'render-requests': env.RENDER_REQUESTS_QUEUE_URL,
        'gitops-writes': env.GITOPS_WRITES_QUEUE_URL,
        notifications: env.NOTIFICATIONS_QUEUE_URL,
      },
      onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
    }),
    settings,
    resend,
    clock: Date.now,
  }),
);

const decide = queueHandler(eventMessage, logger, async (message) => (await policy())(message));

export const handler = metered(meter, decide);
