import { join } from 'node:path';
import { FUNCTIONS, type FunctionName } from '../shared/contract/functions.ts';
import type { Throttle } from '../shared/contract/route-throttle.ts';
import { ROUTES } from '../shared/contract/routes.ts';
import type { ServiceAddresses } from './backing-services.ts';
import { TABLE_NAME } from './backing-services.ts';
import { listenOn } from './choose-port.ts';
import type { DataDirectory } from './data-directory.ts';
import { LOCAL_AWS } from './embedded/local-aws.ts';
import { functionEnvironment } from './environments.ts';
import { startAwsEndpoint } from './gateway/aws-endpoint.ts';
import { chartMount } from './gateway/chart-mount.ts';
import { startGateway } from './gateway/gateway.ts';
import { gitMount } from './gateway/git-mount.ts';
import { createHttpApi } from './gateway/http-api.ts';
import type { Listener } from './gateway/listen.ts';
import { createThrottles } from './gateway/throttles.ts';
import type { FunctionLog } from './host/function-log.ts';
import { type LambdaHost, startHost } from './host/host.ts';
import { hostedFunctions } from './hosted-functions.ts';
import type { Shutdown } from './shutdown.ts';
import { CACHE_DIRECTORY } from './toolchain/cache-directory.ts';
import { startTriggers } from './triggers.ts';

export interface ServiceOptions {
  readonly data: DataDirectory;
  readonly port: number;
  readonly bundles: boolean | string;
  /** Folder of the local GitOps repo in the data directory's `git`. */
  readonly gitopsRepo: string;
  readonly gitToken: string;
  readonly helmPath: string;
  readonly kubectlPath: string;
  /** Parts of the settings, as they are deployed. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly resendAfterSeconds: number;
  readonly requestsPerMinute: number;
  /** Of the gateway; none unless given. */
  readonly throttle?: Throttle;
  readonly sweepEverySeconds: number;
  readonly keepHeadEverySeconds: number;
  readonly services: ServiceAddresses;
  readonly log: FunctionLog;
  /** Told of what no function's log has. */
  readonly report: (problem: string) => void;
  /** Told of each invocation and how long it took: for benches. */
  readonly observe?: (functionName: FunctionName, ms: number) => void;
}

export interface Service {
  readonly url: string;
  readonly gitopsRepoUrl: string;
  /** Lambda and Secrets Manager. */
  readonly awsUrl: string;
  readonly host: LambdaHost;
}

/** Starts the functions and everything that invokes them: the gateway, the event sources, the schedule. */
export async function startService(options: ServiceOptions, shutdown: Shutdown): Promise<Service> {
  const { services, log, sweepEverySeconds, keepHeadEverySeconds } = options;
  // Known only when the gateway listens, and asked for only when the first function is needed.
  let environment: ReturnType<typeof functionEnvironment> | undefined;
  const host = startHost({
    functions: hostedFunctions(options.bundles),
    env: (name) => environment?.(name as FunctionName) ?? {},
    region: LOCAL_AWS.region,
    accountId: LOCAL_AWS.accountId,
    temporaryDirectory: options.data.temporary,
    codeCache: join(CACHE_DIRECTORY, 'code'),
    log,
    ...(options.observe && { observe: (name, ms) => options.observe?.(name as FunctionName, ms) }),
  });
  const aws = await shutdown.started(startAws(options, host));
  shutdown.add(host.close);
  const start = (port: number) => startHttp(options, port, host);
  const gateway = await listenOn(options.port, options.data.portFile, start);
  const url = `http://localhost:${gateway.port}`;
  const gitopsRepoUrl = `${url}/git/${options.gitopsRepo}`;
  const awsUrl = `http://127.0.0.1:${aws.port}`;
  const endpoints = { ...services, lambda: awsUrl, secretsManager: awsUrl };
  environment = functionEnvironment({
    ...options,
    ...services,
    tableName: TABLE_NAME,
    gitopsRepoUrl,
    endpoints,
  });
  shutdown.add(startTriggers({ services, host, log, sweepEverySeconds, keepHeadEverySeconds }).close);
  shutdown.add(gateway.close);
  return { url, gitopsRepoUrl, awsUrl, host };
}

function startAws({ data, report }: ServiceOptions, host: LambdaHost): Promise<Listener> {
  return startAwsEndpoint({
    invoke: host.invoke,
    functionNames: Object.keys(FUNCTIONS),
    secrets: { file: data.secretsFile, region: LOCAL_AWS.region, accountId: LOCAL_AWS.accountId },
    report,
  });
}

function startHttp(
  { data, gitToken, throttle, report }: ServiceOptions,
  port: number,
  host: LambdaHost,
): Promise<Listener> {
  const api = createHttpApi({
    routes: ROUTES,
    defaultFunction: 'releases' satisfies FunctionName,
    authorizer: 'authorizer' satisfies FunctionName,
    invoke: host.invoke,
    region: LOCAL_AWS.region,
    accountId: LOCAL_AWS.accountId,
    ...(throttle && { take: createThrottles(throttle, ROUTES, Date.now) }),
    report,
  });
  const mounts = {
    '/git/': gitMount({ prefix: '/git/', projectRoot: data.git, pushToken: gitToken }),
    '/charts/': chartMount('/charts/', data.charts),
  };
  return startGateway({ port, api, mounts, report });
}
