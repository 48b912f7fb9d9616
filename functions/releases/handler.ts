import { randomUUID } from 'node:crypto';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { bundleStore } from '../../shared/adapters/dynamodb/bundle-store.ts';
import { ControlsStore } from '../../shared/adapters/dynamodb/controls-store.ts';
import { DecisionStore } from '../../shared/adapters/dynamodb/decision-store.ts';
import { journalStore } from '../../shared/adapters/dynamodb/journal-store.ts';
import { pauseStore } from '../../shared/adapters/dynamodb/pause-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { RequestStore } from '../../shared/adapters/dynamodb/request-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { functionCaller } from '../../shared/adapters/functions/function-caller.ts';
import { invokedRenderer } from '../../shared/adapters/functions/invoked-renderer.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { operatorControls } from '../../shared/release/operator-controls.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { releasesEnv } from './env.ts';
import { makeReleases } from './releases.ts';

const env = readEnv(releasesEnv);
const logger = createLogger('releases');
const table = new TableClient(env.TABLE_NAME, callOrigin('releases'));
const deployed = readDeployed(env.SETTINGS);
const versions = new SettingsStore(table);
const currentSettings = settingsReader({ deployed, versions, clock: Date.now });
const resend = resendPolicy(env.RESEND_AFTER_SECONDS);
const releases = new ReleaseStore(table);
const targets = new TargetStore(table);

const operations = madeOf(currentSettings, (settings) =>
  makeReleases({
    artifacts: new ArtifactStore(table),
    targets,
    drift: targets,
    requests: new RequestStore(table),
    decisions: new DecisionStore(table),
    controls: operatorControls(new ControlsStore(table), settings),
    // Nobody waits for the word of a cancellation or a rejection: the sweeper sends it.
    releases: announceEndings(releases, { channels: settings.notifications, resend, clock: Date.now }),
    ready: releases,
    waiting: releases,
    pauses: pauseStore(table),
    journals: journalStore(table),
    bundles: bundleStore(table),
    renderer: invokedRenderer(functionCaller(env.RENDERER_FUNCTION_NAME)),
    settings,
    browser: { list: (filter, page) => releases.browse(filter, page) },
    outbox: sqsOutbox({
      queueUrls: {
        events: env.EVENTS_QUEUE_URL,
        'render-requests': env.RENDER_REQUESTS_QUEUE_URL,
        'gitops-writes': env.GITOPS_WRITES_QUEUE_URL,
      },
      onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
    }),
    resend,
    newId: () => randomUUID().replaceAll('-', ''),
    clock: Date.now,
  }),
);

export const handler = httpHandler(operations, logger);
