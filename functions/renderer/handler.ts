import type { Context, SQSEvent } from 'aws-lambda';
import { invokedChartSource } from '../../shared/adapters/charts/invoked-chart-source.ts';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { bundleStore } from '../../shared/adapters/dynamodb/bundle-store.ts';
import { chartStore } from '../../shared/adapters/dynamodb/chart-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { renderCache } from '../../shared/adapters/dynamodb/render-cache.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { functionCaller } from '../../shared/adapters/functions/function-caller.ts';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { makeKustomize } from '../../shared/adapters/helm/kubectl-kustomize.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import type { CheckRequest } from '../../shared/manifest/check-invocation.ts';
import { renderMessage } from '../../shared/messages/message.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { observeReleases } from '../../shared/release/observe-releases.ts';
import type { RenderRequest } from '../../shared/release/render-invocation.ts';
import type { RenderReleasePorts } from '../../shared/release/render-release.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { createMeter, metered } from '../../shared/runtime/meter.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { rendererEnv } from './env.ts';
import { makeManifestCheck, makeRenderAhead, makeRenderer } from './renderer.ts';
import { renderingTold } from './rendering-told.ts';

const env = readEnv(rendererEnv);
const logger = createLogger('renderer');
const meter = createMeter('renderer', env.METRICS_NAMESPACE, METRICS);
const table = new TableClient(env.TABLE_NAME, callOrigin('renderer'));
const deployed = readDeployed(env.SETTINGS);
const currentSettings = settingsReader({ deployed, versions: new SettingsStore(table), clock: Date.now });
const helm = makeHelm({ path: env.HELM_PATH });

// Its 60 MB come off the disk while the function starts. One that can't be run is the rendering's to tell.
await helm.version().catch((error: unknown) => logger.error('helm does not start', { error }));

const outbox = sqsOutbox({
  queueUrls: {
    'gitops-writes': env.GITOPS_WRITES_QUEUE_URL,
    notifications: env.NOTIFICATIONS_QUEUE_URL,
  },
  onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
});
const base = { outbox, resend: resendPolicy(env.RESEND_AFTER_SECONDS), clock: Date.now };
const ports: Omit<RenderReleasePorts, 'settings' | 'releases'> = {
  ...base,
  artifacts: new ArtifactStore(table),
  bundles: bundleStore(table),
  renders: renderCache(table),
  charts: invokedChartSource({
    call: functionCaller(env.CHARTS_FUNCTION_NAME),
    store: chartStore(table),
  }),
  helm,
  kustomize: makeKustomize({ path: env.KUBECTL_PATH }),
};
const renderer = madeOf(currentSettings, (settings) => {
  const told = announceEndings(new ReleaseStore(table), { ...base, channels: settings.notifications });
  const releases = observeReleases(told, renderingTold(meter));
  return {
    render: makeRenderer({ ...ports, releases, settings }),
    check: makeManifestCheck({ ...ports, settings }),
    renderAhead: makeRenderAhead({ ...ports, settings }),
  };
});
const renderQueued = queueHandler(renderMessage, logger, async (message) =>
  (await renderer()).render(message),
);

/** Fed by its queue; invoked to look at a manifest before its artifact is accepted, and to render ahead of a release. */
export const handler = metered(
  meter,
  async (event: SQSEvent | CheckRequest | RenderRequest, context: Context) => {
    if ('check' in event) return (await renderer()).check(event);
    return 'render' in event ? (await renderer()).renderAhead(event) : renderQueued(event, context);
  },
);
