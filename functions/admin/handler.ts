import { randomBytes, randomUUID } from 'node:crypto';
import { artifactBrowser } from '../../shared/adapters/dynamodb/artifact-browser.ts';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { AuditChainStore, HeldLogStore, sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { BranchStore } from '../../shared/adapters/dynamodb/branch-store.ts';
import { ControlsStore } from '../../shared/adapters/dynamodb/controls-store.ts';
import { DecisionStore } from '../../shared/adapters/dynamodb/decision-store.ts';
import { PolicyStore } from '../../shared/adapters/dynamodb/policy-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { TokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { TrustStore } from '../../shared/adapters/dynamodb/trust-store.ts';
import { functionCaller } from '../../shared/adapters/functions/function-caller.ts';
import { invokedFunctions } from '../../shared/adapters/functions/operated-functions.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { operatorControls } from '../../shared/release/operator-controls.ts';
import { settingsReader } from '../../shared/release/settings-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { madeOf } from '../../shared/runtime/made-of.ts';
import { makeAdmin } from './admin.ts';
import { adminEnv } from './env.ts';

const env = readEnv(adminEnv);
const logger = createLogger('admin');
const table = new TableClient(env.TABLE_NAME, callOrigin('admin'));
const deployed = readDeployed(env.SETTINGS);
const versions = new SettingsStore(table);
const currentSettings = settingsReader({ deployed, versions, clock: Date.now });
const artifacts = new ArtifactStore(table);
const targets = new TargetStore(table);

const operations = madeOf(currentSettings, (settings) =>
  makeAdmin({
    branches: new BranchStore(table),
    policies: new PolicyStore(table),
    controls: operatorControls(new ControlsStore(table), settings),
    artifacts,
    browser: artifactBrowser(table, artifacts),
    decisions: new DecisionStore(table),
    targets,
    trusts: new TrustStore(table),
    held: targets,
    settings,
    deployed,
    versions,
    outbox: sqsOutbox({
      queueUrls: { events: env.EVENTS_QUEUE_URL },
      onFailure: (error, queue) => logger.warn('not sent', { error, queue }),
    }),
    resend: resendPolicy(env.RESEND_AFTER_SECONDS),
    auditBlocks: new AuditChainStore(table),
    auditLogs: new HeldLogStore(table),
    auditLedger: sealLedger(table),
    tokens: new TokenStore(table),
    random: randomBytes,
    functions: invokedFunctions({
      sweeper: functionCaller(env.SWEEPER_FUNCTION_NAME, { maxAttempts: 2 }),
      writer: functionCaller(env.WRITER_FUNCTION_NAME, { maxAttempts: 2 }),
    }),
    newId: () => randomUUID().replaceAll('-', ''),
    clock: Date.now,
  }),
);

export const handler = httpHandler(operations, logger);
