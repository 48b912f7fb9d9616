/** A writer as a process of its own, with the deployed adapters: it waits for work, and dies where it is told to. */
import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_AWS } from '../../../local/embedded/local-aws.ts';
import { bundleStore } from '../../../shared/adapters/dynamodb/bundle-store.ts';
import { ControlsStore } from '../../../shared/adapters/dynamodb/controls-store.ts';
import { journalStore } from '../../../shared/adapters/dynamodb/journal-store.ts';
import { noticeStore } from '../../../shared/adapters/dynamodb/notice-store.ts';
import { pauseStore } from '../../../shared/adapters/dynamodb/pause-store.ts';
import { ReleaseStore } from '../../../shared/adapters/dynamodb/release-store.ts';
import { TableClient } from '../../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../../shared/adapters/dynamodb/target-store.ts';
import { TokenStore } from '../../../shared/adapters/dynamodb/token-store.ts';
import { TrustStore } from '../../../shared/adapters/dynamodb/trust-store.ts';
import { isomorphicGitEngine } from '../../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { GitEngine } from '../../../shared/gitops/git-engine.ts';
import type { WriterPorts } from '../../../shared/gitops/ports.ts';
import { writeReleases } from '../../../shared/gitops/write-releases.ts';
import { parseSettings } from '../../../shared/release/settings.ts';
import { blindToHistory } from './blind-to-history.ts';
import { withSteps } from './steps.ts';
import { LAST_WORDS_FD, type Work, type WriterMessage, type WriterSettings } from './writer-protocol.ts';

const INVOCATION_MS = 55_000;
/** Waiting between tries is made this much shorter: a thousand kills are to take minutes. */
const HASTE = 10;

const settings: WriterSettings = JSON.parse(process.argv[2] ?? '{}');
let work: Work = { releaseIds: [], clockAheadMs: 0, deaths: {} };
let seen = new Map<string, number>();

function onStep(step: string): void {
  const occurrence = (seen.get(step) ?? 0) + 1;
  seen.set(step, occurrence);
  if (work.deaths[step] !== occurrence) return;
  writeSync(LAST_WORDS_FD, step);
  process.kill(process.pid, 'SIGKILL');
}

function makeEngine(): GitEngine {
  const credentials = NO_CREDENTIALS;
  return settings.engine === 'smart-http'
    ? smartHttpGitEngine({ credentials })
    : isomorphicGitEngine({ directory: tmpdir(), credentials });
}

function makePorts(): WriterPorts {
  const { dynamodbEndpoint: endpoint, repo, branch } = settings;
  const { region, credentials } = LOCAL_AWS;
  const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 8 });
  const table = new TableClient(settings.tableName, () => ({ function: 'writer' }), client);
  const releases = new ReleaseStore(table);
  const targets = new TargetStore(table);
  const engine = makeEngine();
  return {
    git: settings.historyScan ? engine : blindToHistory(engine),
    releases,
    ready: releases,
    targets,
    drift: targets,
    controls: new ControlsStore(table),
    tokens: new TokenStore(table),
    trusts: new TrustStore(table),
    bundles: bundleStore(table),
    journals: journalStore(table),
    pauses: pauseStore(table),
    notices: noticeStore(table),
    // There are no channels, so nobody is told of anything.
    outbox: { send: () => Promise.resolve() },
    settings: parseSettings(JSON.stringify({ gitops: { repo, branch } })),
    resend: { firstMs: 60_000, maxMs: 3_600_000 },
    clock: () => Date.now() + work.clockAheadMs,
    sleep: (ms) => sleep(ms / HASTE),
    random: Math.random,
  };
}

async function invoke(ports: WriterPorts): Promise<WriterMessage> {
  try {
    const { branches, troubles } = await writeReleases(ports, work.releaseIds, ports.clock() + INVOCATION_MS);
    const [{ pushes = 0, conflicts = 0, paused = undefined } = {}] = branches;
    return {
      type: 'done',
      pushes,
      conflicts,
      ...(paused !== undefined && { paused }),
      troubles: troubles.map(({ error }) => `${error.code}: ${error.message}`),
    };
  } catch (error) {
    return { type: 'failed', error: inspect(error) };
  }
}

function tell(message: WriterMessage): void {
  process.send?.(message);
}

const ports = withSteps(makePorts(), onStep);
process.on('disconnect', () => process.exit());
process.on('message', (message: Work) => {
  work = message;
  seen = new Map();
  void invoke(ports).then(tell);
});
tell({ type: 'ready' });
