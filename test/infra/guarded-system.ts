import { join } from 'node:path';
import { ensureAdminToken } from '../../local/admin-token.ts';
import { type ServiceAddresses, startBackingServices } from '../../local/backing-services.ts';
import { openDataDirectory } from '../../local/data-directory.ts';
import { GITOPS_BRANCH } from '../../local/environments.ts';
import { type Answer, type Call, jsonAnswer, startProxy, Upstream } from '../../local/faults/wire.ts';
import { createBareRepo } from '../../local/git/bare-repo.ts';
import { openFunctionLog } from '../../local/host/function-log.ts';
import type { LambdaHost } from '../../local/host/host.ts';
import { ensureSecrets } from '../../local/secrets.ts';
import { startService } from '../../local/service.ts';
import { createShutdown, type Shutdown } from '../../local/shutdown.ts';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { packageCharts } from '../../local/toolchain/package-charts.ts';
import { NOTICE_TYPES } from '../../shared/notification/notice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A call and who made it: the function's name, or `local` for what AWS itself does, such as an event source. */
export interface SeenCall extends Pick<Call, 'operation' | 'body'> {
  readonly caller: string;
}

export interface GuardedSystem {
  readonly url: string;
  readonly adminToken: string;
  readonly chartRepoUrl: string;
  /** Invokes functions, as rules do. */
  readonly host: Pick<LambdaHost, 'invoke'>;
  close(): Promise<void>;
}

/**
 * Starts all of GimletD locally, with a guard before its table and its queues that sees every call and who makes it:
 * what it does not permit is refused, as IAM would.
 */
export async function startGuardedSystem(options: {
  readonly permit: (call: SeenCall) => boolean;
  readonly charts: readonly string[];
}): Promise<GuardedSystem> {
  const shutdown = createShutdown();
  const folder = temporaryFolder();
  shutdown.add(async () => folder[Symbol.dispose]());
  try {
    return await start(folder.path, options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(
  directory: string,
  { permit, charts }: Parameters<typeof startGuardedSystem>[0],
  shutdown: Shutdown,
): Promise<GuardedSystem> {
  const data = openDataDirectory(directory);
  const report = () => undefined;
  const log = openFunctionLog({ directory: data.logs, tell: report });
  shutdown.add(log.close);
  const helmPath = await ensureHelm();
  await packageCharts({ helm: helmPath, folders: charts, directory: data.charts });
  await createBareRepo({ path: join(data.git, 'gitops.git'), branch: GITOPS_BRANCH });
  const { gitToken } = await ensureSecrets(data);
  const { direct } = await startBackingServices({ data, visibilitySeconds: 20 }, shutdown);
  const adminToken = await ensureAdminToken(data, direct.dynamodb);
  const services = await guard(direct, permit, shutdown);
  const { url, host } = await startService(
    {
      ...{ data, gitToken, helmPath, kubectlPath: await ensureKubectl(), services, log, report },
      ...{ port: 0, bundles: false, gitopsRepo: 'gitops.git', resendAfterSeconds: 1, sweepEverySeconds: 1 },
      ...{ keepHeadEverySeconds: 5 },
      ...{ requestsPerMinute: 60_000 },
      settings: {
        environments: { vault: { approvals: { required: 1 } } },
        notifications: [{ type: 'log', name: 'all', events: [...NOTICE_TYPES] }],
      },
    },
    shutdown,
  );
  return { url, adminToken, host, chartRepoUrl: `${url}/charts`, close: shutdown.run };
}

async function guard(
  { dynamodb, sqs, queueUrls, dlqUrls }: ServiceAddresses,
  permit: (call: SeenCall) => boolean,
  shutdown: Shutdown,
): Promise<ServiceAddresses> {
  const [table, queues] = await Promise.all(
    [dynamodb, sqs].map((endpoint) => shutdown.started(startGuard(endpoint, permit))),
  );
  if (!table || !queues) throw new Error('the guards did not start');
  const guarded = (urls: ServiceAddresses['queueUrls']) =>
    Object.fromEntries(
      Object.entries(urls).map(([name, url]) => [name, new URL(new URL(url).pathname, queues.endpoint).href]),
    ) as ServiceAddresses['queueUrls'];
  return {
    dynamodb: table.endpoint,
    sqs: queues.endpoint,
    queueUrls: guarded(queueUrls),
    dlqUrls: guarded(dlqUrls),
  };
}

async function startGuard(endpoint: string, permit: (call: SeenCall) => boolean) {
  const service = new Upstream(endpoint);
  const proxy = await startProxy((call) => {
    const { operation, body } = call;
    return permit({ operation, body, caller: callerOf(call) }) ? service.send(call) : refused(operation);
  });
  const close = async () => {
    await proxy.close();
    service.close();
  };
  return { endpoint: proxy.endpoint, close };
}

/** Who signed the call. */
function callerOf({ headers }: Call): string {
  const caller = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1];
  if (caller === undefined) throw new Error('a call to AWS was not signed');
  return caller;
}

async function refused(operation: string): Promise<Answer> {
  const message = `not authorized to perform: ${operation}`;
  return jsonAnswer(400, { __type: 'com.amazon.coral.service#AccessDeniedException', message });
}
