import { join } from 'node:path';
import { FUNCTIONS } from '../shared/contract/functions.ts';
import type { QueueName } from '../shared/messages/mark.ts';
import { ensureAdminToken } from './admin-token.ts';
import { type BackingServices, startBackingServices, TABLE_NAME } from './backing-services.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { type AwsEndpoints, GITOPS_BRANCH } from './environments.ts';
import type { Faults } from './faults/faults.ts';
import { createBareRepo } from './git/bare-repo.ts';
import { openFunctionLog } from './host/function-log.ts';
import type { LambdaHost } from './host/host.ts';
import { removeLocalJson, writeLocalJson } from './local-json.ts';
import { lockData } from './lock-data.ts';
import { ensureSecrets } from './secrets.ts';
import { type Service, type ServiceOptions, startService } from './service.ts';
import { allSettled, createShutdown, type Shutdown } from './shutdown.ts';
import { ensureHelm } from './toolchain/helm.ts';
import { ensureKubectl } from './toolchain/kubectl.ts';
import { packageCharts } from './toolchain/package-charts.ts';

export interface SystemOptions {
  /** Kept from one start to the next. */
  readonly dataDirectory: string;
  /** 0: the one of the last start if it is free, else any. */
  readonly port: number;
  /** Run the bundles that deploy instead of the source: those of `npm run build`, or those in the folder given. */
  readonly bundles?: boolean | string;
  /** Puts the fault layer between the functions and their services; nothing is on until it is set. */
  readonly faults?: { readonly seed: number };
  /** Nothing on the console; functions' words are in the data directory's `logs` only. */
  readonly quiet?: boolean;
  /** Parts of the settings, as they are deployed. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly resendAfterSeconds?: number;
  /** Requests that a token may make in a minute. */
  readonly requestsPerMinute?: number;
  /** Of the gateway, as that of a stage; none unless given. */
  readonly throttle?: NonNullable<ServiceOptions['throttle']>;
  readonly visibilitySeconds?: number;
  readonly sweepEverySeconds?: number;
  /** How often the head of the audit chain goes into git; a day unless given. */
  readonly keepHeadEverySeconds?: number;
  /** Chart folders that are served as a chart repo at `/charts`. */
  readonly charts?: readonly string[];
  /** Load all functions at once instead of when they are first needed. */
  readonly warm?: boolean;
  /** Told of each invocation and how long it took: for benches. */
  readonly observe?: NonNullable<ServiceOptions['observe']>;
}

export interface LocalSystem {
  readonly url: string;
  readonly adminToken: string;
  readonly gitopsRepoUrl: string;
  /** The bare repo itself. */
  readonly gitopsRepoPath: string;
  readonly chartRepoUrl: string;
  readonly dataDirectory: string;
  readonly tableName: string;
  /** The services themselves, also when functions see them through the fault layer. */
  readonly endpoints: AwsEndpoints;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly dlqUrls: Readonly<Record<QueueName, string>>;
  readonly host: LambdaHost;
  readonly faults?: Faults;
  close(): Promise<void>;
}

/** A server that was killed is itself again after about as long as a message stays hidden. */
const DEFAULTS = {
  resendAfterSeconds: 5,
  visibilitySeconds: 20,
  sweepEverySeconds: 5,
  keepHeadEverySeconds: 86_400,
  requestsPerMinute: 60_000,
} as const;
const GITOPS_REPO = 'gitops.git';

/**
 * Starts all of GimletD on this machine: the functions that deploy, on embedded services, with a GitOps repo.
 * @throws MissingToolError, PortTakenError, DataInUseError: each says what to do.
 */
export async function startSystem(options: SystemOptions): Promise<LocalSystem> {
  const shutdown = createShutdown();
  try {
    return await start({ ...DEFAULTS, ...options }, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(
  options: SystemOptions & Readonly<Record<keyof typeof DEFAULTS, number>>,
  shutdown: Shutdown,
): Promise<LocalSystem> {
  const data = openDataDirectory(options.dataDirectory);
  const lock = await lockData(data);
  shutdown.add(async () => lock.release());
  const console = createConsole(options.quiet ?? false);
  const log = openFunctionLog({ directory: data.logs, tell: console.tell });
  shutdown.add(log.close);
  const gitopsRepoPath = join(data.git, GITOPS_REPO);
  const [backing, secrets, helmPath, kubectlPath] = await allSettled([
    startBackingServices({ ...options, data }, shutdown),
    ensureSecrets(data),
    prepareCharts(data, options.charts ?? []),
    ensureKubectl(),
    createBareRepo({ path: gitopsRepoPath, branch: GITOPS_BRANCH }),
  ]);
  const adminToken = await ensureAdminToken(data, backing.direct.dynamodb);
  const service = await startService(
    {
      ...options,
      data,
      bundles: options.bundles ?? false,
      gitopsRepo: GITOPS_REPO,
      gitToken: secrets.gitToken,
      helmPath,
      kubectlPath,
      services: backing.seenByFunctions,
      log,
      report: console.tell,
    },
    shutdown,
  );
  shutdown.add(async () => console.silence());
  const system = describe(data, backing, adminToken, service, gitopsRepoPath, shutdown);
  await writeLocalJson(data.localJson, { ...pickReachable(system), pid: process.pid });
  shutdown.add(() => removeLocalJson(data.localJson));
  if (options.warm) service.host.warm(Object.keys(FUNCTIONS));
  return system;
}

async function prepareCharts(data: DataDirectory, folders: readonly string[]): Promise<string> {
  const helm = await ensureHelm();
  await packageCharts({ helm, folders, directory: data.charts });
  return helm;
}

function describe(
  data: DataDirectory,
  backing: BackingServices,
  adminToken: string,
  service: Service,
  gitopsRepoPath: string,
  shutdown: Shutdown,
): LocalSystem {
  const { url, gitopsRepoUrl, awsUrl, host } = service;
  const { dynamodb, sqs, queueUrls } = backing.direct;
  return {
    url,
    adminToken,
    gitopsRepoUrl,
    gitopsRepoPath,
    chartRepoUrl: `${url}/charts`,
    dataDirectory: data.root,
    tableName: TABLE_NAME,
    endpoints: { dynamodb, sqs, lambda: awsUrl, secretsManager: awsUrl },
    queueUrls,
    dlqUrls: backing.dlqUrls,
    host,
    ...(backing.faults === undefined ? {} : { faults: backing.faults }),
    close: shutdown.run,
  };
}

function pickReachable({ url, adminToken, gitopsRepoUrl, gitopsRepoPath }: LocalSystem) {
  return { url, adminToken, gitopsRepoUrl, gitopsRepoPath };
}

/** Once the server stops, whatever fails is told to nobody: it is expected. */
function createConsole(quiet: boolean) {
  let silent = quiet;
  return {
    tell: (line: string) => {
      if (!silent) console.error(line);
    },
    silence: () => {
      silent = true;
    },
  };
}
