import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, SQSEvent } from 'aws-lambda';
import { sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { bundleStore } from '../../shared/adapters/dynamodb/bundle-store.ts';
import { ControlsStore } from '../../shared/adapters/dynamodb/controls-store.ts';
import { journalStore } from '../../shared/adapters/dynamodb/journal-store.ts';
import { noticeStore } from '../../shared/adapters/dynamodb/notice-store.ts';
import { pauseStore } from '../../shared/adapters/dynamodb/pause-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { serverMemoryStore } from '../../shared/adapters/dynamodb/server-memory-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { TokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { TrustStore } from '../../shared/adapters/dynamodb/trust-store.ts';
import { smartHttpProbe } from '../../shared/adapters/git/branch-probe.ts';
import { secretCommitSigner, signingKeyTrial } from '../../shared/adapters/git/commit-signer.ts';
import { smartHttpGitEngine } from '../../shared/adapters/git/smart-http-engine.ts';
import { secretGitCredentials } from '../../shared/adapters/git-credentials/secret-git-credentials.ts';
import { secretReader } from '../../shared/adapters/secrets/secret-reader.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import { keepAuditHead, keepHeadRequest } from '../../shared/gitops/keep-audit-head.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { probeRepos, probeRequest, probeSigning } from '../../shared/gitops/probe.ts';
import { deferredOutbox } from '../../shared/messages/deferred-outbox.ts';
import { writeMessage } from '../../shared/messages/message.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { observeReleases } from '../../shared/release/observe-releases.ts';
import { operatorControls } from '../../shared/release/operator-controls.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { createMeter, metered } from '../../shared/runtime/meter.ts';
import { wakeUpHandler } from '../../shared/runtime/queue-handler.ts';
import { engineOfRepo } from './engine-of-repo.ts';
import { writerEnv } from './env.ts';
import { makeWriter } from './writer.ts';
import { lookTold, writingTold } from './writing-told.ts';

const env = readEnv(writerEnv);
const logger = createLogger('writer');
const meter = createMeter('writer', env.METRICS_NAMESPACE, METRICS);
const table = new TableClient(env.TABLE_NAME, callOrigin('writer'));
const releases = new ReleaseStore(table);
const targets = new TargetStore(table);
const tokens = new TokenStore(table);
const trusts = new TrustStore(table);
const secrets = secretReader(Date.now);
const deployed = readDeployed(env.SETTINGS);
const currentSettings = settingsReader({ deployed, versions: new SettingsStore(table), clock: Date.now });
const credentials = secretGitCredentials({
  secret: (options) => secrets(env.GIT_TOKEN_SECRET_ID, options),
  fetch: globalThis.fetch,
  clock: Date.now,
});

const signing = secretCommitSigner(() => secrets(env.SIGNING_KEY_SECRET_ID));
/** Of the key as it is stored now. */
const trySigning = signingKeyTrial(() => secrets(env.SIGNING_KEY_SECRET_ID, { fresh: true }));

const resend = resendPolicy(env.RESEND_AFTER_SECONDS);
// What is told waits until all is written.
const outbox = deferredOutbox(
  sqsOutbox({
    queueUrls: { notifications: env.NOTIFICATIONS_QUEUE_URL },
    onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
  }),
);

const writer = madeOf(currentSettings, (settings) => {
  const telling = { channels: settings.notifications, outbox, resend, clock: Date.now };
  const signer = settings.signCommits ? signing : undefined;
  const ports: WriterPorts = {
    git: engineOfRepo(settings, {
      'smart-http': () => smartHttpGitEngine({ credentials, memory: serverMemoryStore(table), signer }),
      'isomorphic-git': async () => {
        const { isomorphicGitEngine } = await import(
          '../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts'
        );
        return isomorphicGitEngine({ credentials, directory: tmpdir(), signer });
      },
    }),
    releases: observeReleases(announceEndings(releases, telling), { ended: writingTold(meter, logger) }),
    ready: releases,
    targets,
    drift: targets,
    tokens,
    trusts,
    controls: operatorControls(new ControlsStore(table), settings),
    bundles: bundleStore(table),
    journals: journalStore(table),
    pauses: pauseStore(table),
    notices: noticeStore(table),
    outbox,
    settings,
    resend,
    clock: Date.now,
    sleep: (ms) => sleep(ms),
    random: Math.random,
  };
  const ledger = sealLedger(table);
  return {
    write: makeWriter(ports),
    told: lookTold(ports, meter),
    keepHead: () => keepAuditHead({ ...ports, ledger }),
  };
});
/** Asking takes less than what asks us may take. */
const PROBE_MS = 8_000;
const probe = smartHttpProbe({ credentials, memory: serverMemoryStore(table), totalTimeoutMs: PROBE_MS });

const handleWakeUps = wakeUpHandler(writeMessage, logger, async (messages, remainingMs) => {
  const { write, told } = await writer();
  const { branches, troubles } = await write(messages, remainingMs);
  await Promise.all([told({ branches, troubles }), outbox.flush()]);
  for (const report of branches) {
    if (report.paused === undefined) logger.info('wrote', { ...report });
    else if (report.off) logger.warn('writing is off', { ...report });
    else logger.error('paused', { ...report });
  }
  for (const { url, branch, error } of troubles) logger.error('could not write', { url, branch, error });
});

/** Fails when it is in vain somewhere, so that it is tried again and somebody is told. */
async function keepHead() {
  const reports = await (await writer()).keepHead();
  for (const { url, commit, problem } of reports) {
    if (problem) logger.error('audit head not kept', { url, error: problem });
    else logger.info('audit head kept', { url, commit });
  }
  const failed = reports.find(({ problem }) => problem !== undefined);
  if (failed?.problem) throw failed.problem;
  return { kept: reports.length };
}

/** Fed by its queue; invoked by operators, through the admin function, to look at the repos; and once a day. */
export const handler = metered(meter, async (event: SQSEvent, context: Context) => {
  if (keepHeadRequest.safeParse(event).success) return keepHead();
  if (!probeRequest.safeParse(event).success) return handleWakeUps(event, context);
  const settings = await currentSettings();
  const findings = await Promise.all([probeSigning(trySigning, settings), probeRepos(probe, settings)]);
  return { findings: findings.flat() };
});
