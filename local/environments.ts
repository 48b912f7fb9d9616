import type { AdminEnv } from '../functions/admin/env.ts';
import type { ArtifactsEnv } from '../functions/artifacts/env.ts';
import type { AuthorizerEnv } from '../functions/authorizer/env.ts';
import type { ChartsEnv } from '../functions/charts/env.ts';
import type { DocsEnv } from '../functions/docs/env.ts';
import type { NotifierEnv } from '../functions/notifier/env.ts';
import type { PolicyEnv } from '../functions/policy/env.ts';
import type { ReleasesEnv } from '../functions/releases/env.ts';
import type { RendererEnv } from '../functions/renderer/env.ts';
import type { SweeperEnv } from '../functions/sweeper/env.ts';
import type { WriterEnv } from '../functions/writer/env.ts';
import type { FunctionName } from '../shared/contract/functions.ts';
import type { QueueName } from '../shared/messages/mark.ts';
import { LOCAL_AWS } from './embedded/local-aws.ts';
import { SECRET_IDS } from './secrets.ts';

/** A function's variables as its own `env.ts` asks for them: one that is missing does not compile. */
type Variables<Env> = { readonly [Name in keyof Env]-?: string };

/** The variables of every function. */
interface Environments extends Readonly<Record<FunctionName, Readonly<Record<string, string>>>> {
  readonly authorizer: Variables<AuthorizerEnv>;
  readonly artifacts: Variables<ArtifactsEnv>;
  readonly releases: Variables<ReleasesEnv>;
  readonly admin: Variables<AdminEnv>;
  readonly docs: Variables<DocsEnv>;
  readonly policy: Variables<PolicyEnv>;
  readonly renderer: Variables<RendererEnv>;
  readonly charts: Variables<ChartsEnv>;
  readonly writer: Variables<WriterEnv>;
  readonly notifier: Variables<NotifierEnv>;
  readonly sweeper: Variables<SweeperEnv>;
}

/** What of the local system the functions must know. */
export interface LocalResources {
  readonly tableName: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly dlqUrls: Readonly<Record<QueueName, string>>;
  readonly gitopsRepoUrl: string;
  /** Parts of the settings beside, or in place of, those that a laptop has. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly resendAfterSeconds: number;
  /** Of each token. */
  readonly requestsPerMinute: number;
  readonly helmPath: string;
  readonly kubectlPath: string;
  readonly endpoints: AwsEndpoints;
}

/** Where the AWS SDK's clients find each service. */
export interface AwsEndpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly lambda: string;
  readonly secretsManager: string;
}

export const GITOPS_BRANCH = 'main';

/** Tells the variables of a function, the AWS endpoints among them: no product code knows that it runs locally. */
export function functionEnvironment(
  resources: LocalResources,
): (functionName: FunctionName) => Readonly<Record<string, string>> {
  const aws = awsVariables(resources.endpoints);
  const own = ownVariables(resources);
  // Services see by the key who calls, as AWS does by the role; the embedded ones let everybody do everything.
  return (functionName) => ({ ...aws, AWS_ACCESS_KEY_ID: functionName, ...own[functionName] });
}

function awsVariables(endpoints: AwsEndpoints): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  };
}

function ownVariables(resources: LocalResources): Environments {
  const TABLE_NAME = resources.tableName;
  const EVENTS_QUEUE_URL = resources.queueUrls.events;
  const RENDER_REQUESTS_QUEUE_URL = resources.queueUrls['render-requests'];
  const GITOPS_WRITES_QUEUE_URL = resources.queueUrls['gitops-writes'];
  const NOTIFICATIONS_QUEUE_URL = resources.queueUrls.notifications;
  const RESEND_AFTER_SECONDS = String(resources.resendAfterSeconds);
  const SETTINGS = JSON.stringify({
    gitops: { repo: resources.gitopsRepoUrl, branch: GITOPS_BRANCH },
    clusters: { local: { description: 'stands for the cluster that you would have' } },
    environments: { staging: { cluster: 'local' }, production: { cluster: 'local' } },
    teams: { web: { apps: ['webapp', 'webapp-*'] } },
    ...resources.settings,
  });
  const METRICS_NAMESPACE = 'gimletd-local';
  const common = { TABLE_NAME, SETTINGS, RESEND_AFTER_SECONDS };
  const measured = { ...common, METRICS_NAMESPACE };
  return {
    authorizer: {
      TABLE_NAME,
      IDENTITY_ALLOW_LOOPBACK: 'true',
      REQUESTS_PER_MINUTE: String(resources.requestsPerMinute),
    },
    artifacts: {
      ...measured,
      EVENTS_QUEUE_URL,
      RENDERER_FUNCTION_NAME: 'renderer' satisfies FunctionName,
    },
    releases: {
      ...common,
      EVENTS_QUEUE_URL,
      RENDER_REQUESTS_QUEUE_URL,
      GITOPS_WRITES_QUEUE_URL,
      RENDERER_FUNCTION_NAME: 'renderer' satisfies FunctionName,
    },
    admin: {
      ...common,
      EVENTS_QUEUE_URL,
      SWEEPER_FUNCTION_NAME: 'sweeper' satisfies FunctionName,
      WRITER_FUNCTION_NAME: 'writer' satisfies FunctionName,
    },
    docs: {},
    policy: {
      ...measured,
      EVENTS_QUEUE_URL,
      RENDER_REQUESTS_QUEUE_URL,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
    },
    renderer: {
      ...measured,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      CHARTS_FUNCTION_NAME: 'charts' satisfies FunctionName,
      HELM_PATH: resources.helmPath,
      KUBECTL_PATH: resources.kubectlPath,
    },
    charts: {
      TABLE_NAME,
      CHART_HOSTS: '*',
      CHART_ALLOW_LOOPBACK: 'true',
      CHART_CREDENTIALS_SECRET_ID: SECRET_IDS.chartCredentials,
    },
    writer: {
      ...measured,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      GIT_TOKEN_SECRET_ID: SECRET_IDS.gitToken,
      SIGNING_KEY_SECRET_ID: SECRET_IDS.signingKey,
    },
    notifier: {
      ...common,
      NOTIFICATIONS_QUEUE_URL,
      NOTIFICATION_SECRETS_ID: SECRET_IDS.notificationSecrets,
      NOTIFICATION_ALLOW_LOOPBACK: 'true',
    },
    sweeper: {
      TABLE_NAME,
      EVENTS_QUEUE_URL,
      RENDER_REQUESTS_QUEUE_URL,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      EVENTS_DLQ_URL: resources.dlqUrls.events,
      RENDER_REQUESTS_DLQ_URL: resources.dlqUrls['render-requests'],
      GITOPS_WRITES_DLQ_URL: resources.dlqUrls['gitops-writes'],
      NOTIFICATIONS_DLQ_URL: resources.dlqUrls.notifications,
      RESEND_AFTER_SECONDS,
      METRICS_NAMESPACE,
    },
  };
}
