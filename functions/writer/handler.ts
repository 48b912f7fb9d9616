import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleStore } from '../../shared/adapters/dynamodb/bundle-store.ts';
import { ControlsStore } from '../../shared/adapters/dynamodb/controls-store.ts';
import { journalStore } from '../../shared/adapters/dynamodb/journal-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { isomorphicGitEngine } from '../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { secretReader } from '../../shared/adapters/secrets/secret-reader.ts';
import { writeMessage } from '../../shared/messages/message.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import { readEnv, resendPolicy } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { wakeUpHandler } from '../../shared/runtime/queue-handler.ts';
import { writerEnv } from './env.ts';
import { makeWriter } from './writer.ts';

const env = readEnv(writerEnv);
const logger = createLogger('writer');
const table = new TableClient(env.TABLE_NAME);
const releases = new ReleaseStore(table);
const secrets = secretReader(Date.now);

const write = makeWriter({
  git: isomorphicGitEngine({
    directory: tmpdir(),
    token: () => secrets(env.GIT_TOKEN_SECRET_ID),
  }),
  releases,
  ready: releases,
  targets: new TargetStore(table),
  controls: new ControlsStore(table),
  bundles: bundleStore(table),
  journals: journalStore(table),
  settings: parseSettings(env.SETTINGS),
  resend: resendPolicy(env.RESEND_AFTER_SECONDS),
  clock: Date.now,
  sleep: (ms) => sleep(ms),
  random: Math.random,
});

export const handler = wakeUpHandler(writeMessage, logger, async (messages, remainingMs) => {
  const { branches, troubles } = await write(messages, remainingMs);
  for (const report of branches) logger.info('wrote', { ...report });
  for (const { url, branch, error } of troubles) logger.error('could not write', { url, branch, error });
});
