import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, type DynamoDBClientConfig, paginateScan } from '@aws-sdk/client-dynamodb';
import { ensureAdminToken } from '../../local/admin-token.ts';
import { startBackingServices, TABLE_NAME } from '../../local/backing-services.ts';
import { openDataDirectory } from '../../local/data-directory.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { mapQueues } from '../../local/embedded/queue-names.ts';
import { GITOPS_BRANCH } from '../../local/environments.ts';
import { startProxy, Upstream } from '../../local/faults/wire.ts';
import { createBareRepo } from '../../local/git/bare-repo.ts';
import { openFunctionLog } from '../../local/host/function-log.ts';
import { ensureSecrets } from '../../local/secrets.ts';
import { startService } from '../../local/service.ts';
import { createShutdown, type Shutdown } from '../../local/shutdown.ts';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/contract/functions.ts';
import { storedBytes } from './capacity.ts';
import type { WireItem } from './item-size.ts';
import { TableMeter } from './table-meter.ts';
import type { Invocations, Usage } from './usage.ts';

export interface MeteredSystem {
  readonly url: string;
  /** The table itself, with no meter before it. */
  readonly table: { readonly tableName: string; readonly config: DynamoDBClientConfig };
  readonly adminToken: string;
  /** The bare GitOps repo. */
  readonly gitopsRepoPath: string;
  /** What was used since the start. */
  usage(): Usage;
  /** Bytes of all items, in the table and its indexes, and how many items there are. */
  stored(): Promise<{ readonly items: number; readonly bytes: number }>;
  logBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface MeteredOptions {
  /** Counting the table's units takes two reads of ours for each write: without it the system is as fast as it is. */
  readonly metersTable: boolean;
  /** 60 unless given. */
  readonly sweepEverySeconds?: number;
}

/** Starts all of GimletD on this machine, from its bundles, with meters before its table, its queues and its functions. */
export async function startMeteredSystem(options: MeteredOptions): Promise<MeteredSystem> {
  const shutdown = createShutdown();
  const directory = await mkdtemp(join(tmpdir(), 'gimletd-bench-'));
  shutdown.add(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  try {
    return await start(directory, options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(directory: string, options: MeteredOptions, shutdown: Shutdown): Promise<MeteredSystem> {
  const data = openDataDirectory(directory);
  const log = openFunctionLog({ directory: data.logs, tell: () => undefined });
  shutdown.add(log.close);
  const gitopsRepoPath = join(data.git, 'gitops.git');
  await createBareRepo({ path: gitopsRepoPath, branch: GITOPS_BRANCH });
  const { gitToken } = await ensureSecrets(data);
  const { direct } = await startBackingServices({ data, visibilitySeconds: 60 }, shutdown);
  const adminToken = await ensureAdminToken(data, direct.dynamodb);
  const meter = new TableMeter(direct.dynamodb);
  const queues = new Upstream(direct.sqs);
  let [queueRequests, fifoRequests] = [0, 0];
  const [tableProxy, queueProxy] = await Promise.all([
    startProxy((call) => meter.handle(call)),
    startProxy((call) => {
      queueRequests += 1;
      const { QueueUrl = '' } = JSON.parse(call.body.toString()) as { readonly QueueUrl?: string };
      if (QueueUrl.endsWith('.fifo')) fifoRequests += 1;
      return queues.send(call);
    }),
  ]);
  shutdown.add(async () => {
    await Promise.all([tableProxy.close(), queueProxy.close()]);
    meter.close();
    queues.close();
  });
  const counted = (url: string) => new URL(new URL(url).pathname, queueProxy.endpoint).href;
  const functions = new Map<FunctionName, Invocations>();
  const { url, host } = await startService(
    {
      ...{ data, gitToken, log, port: 0, bundles: true, gitopsRepo: 'gitops.git' },
      helmPath: await ensureHelm(),
      kubectlPath: await ensureKubectl(),
      resendAfterSeconds: 60,
      sweepEverySeconds: options.sweepEverySeconds ?? 60,
      keepHeadEverySeconds: 86_400,
      // Nobody is to be slowed down.
      requestsPerMinute: 10_000_000,
      services: {
        dynamodb: options.metersTable ? tableProxy.endpoint : direct.dynamodb,
        sqs: queueProxy.endpoint,
        queueUrls: mapQueues((queue) => counted(direct.queueUrls[queue])),
        dlqUrls: mapQueues((queue) => counted(direct.dlqUrls[queue])),
      },
      report: () => undefined,
      observe: (name, ms) => {
        const known = functions.get(name) ?? { count: 0, ms: 0 };
        functions.set(name, { count: known.count + 1, ms: known.ms + ms });
      },
    },
    shutdown,
  );
  host.warm(Object.keys(FUNCTIONS));
  const config = tableConfig(direct.dynamodb);
  return {
    url,
    table: { tableName: TABLE_NAME, config },
    adminToken,
    gitopsRepoPath,
    usage: () => ({
      readUnits: meter.readUnits,
      writeUnits: meter.writeUnits,
      reads: meter.reads,
      writes: meter.writes,
      queueRequests,
      fifoRequests,
      functions: Object.fromEntries(functions),
    }),
    stored: () => storedIn(config),
    logBytes: () => bytesBelow(data.logs),
    close: shutdown.run,
  };
}

function tableConfig(endpoint: string): DynamoDBClientConfig {
  const { region, credentials } = LOCAL_AWS;
  return { endpoint, region, credentials };
}

async function storedIn(
  config: DynamoDBClientConfig,
): Promise<{ readonly items: number; readonly bytes: number }> {
  const client = new DynamoDBClient(config);
  let [items, bytes] = [0, 0];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: TABLE_NAME })) {
    for (const item of Items) {
      items += 1;
      bytes += storedBytes(onTheWire(item) as WireItem);
    }
  }
  client.destroy();
  return { items, bytes };
}

/** The client hands bytes over as such; on the wire, and here, they are base64. */
function onTheWire(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, onTheWire(inner)]));
}

async function bytesBelow(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
