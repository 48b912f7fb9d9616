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
import type { StageConfig } from './config.ts';

/** A function's variables as its own `env.ts` asks for them: one that is missing does not compile. */
type Variables<Env> = { readonly [Name in keyof Env]: string };

/** The variables of every function. */
export interface Environments {
  readonly authorizer: Variables<AuthorizerEnv>;
  readonly artifacts: Variables<ArtifactsEnv>;
  readonly releases: Variables<ReleasesEnv>;
  readonly admin: Variables<AdminEnv>;
  readonly docs: Variables<DocsEnv>;
  readonly policy: Variables<PolicyEnv>;
  readonly renderer: Variables<RendererEnv>;
  readonly charts: Variables<ChartsEnv>;
  readonly writer: Variables<WriterEnv>;
  readonly notifier: Variables<Omit<NotifierEnv, 'NOTIFICATION_ALLOW_LOOPBACK'>>;
  readonly sweeper: Variables<SweeperEnv>;
}

/** Names of what the functions use, as AWS gives them. */
export interface ResourceNames {
  readonly table: string;
  readonly eventsQueueUrl: string;
  readonly renderRequestsQueueUrl: string;
  readonly gitopsWritesQueueUrl: string;
  readonly notificationsQueueUrl: string;
  readonly eventsDlqUrl: string;
  readonly renderRequestsDlqUrl: string;
  readonly gitopsWritesDlqUrl: string;
  readonly notificationsDlqUrl: string;
  readonly gitTokenSecret: string;
  readonly signingKeySecret: string;
  readonly chartCredentialsSecret: string;
  readonly notificationSecrets: string;
  readonly chartsFunction: string;
  readonly rendererFunction: string;
  readonly sweeperFunction: string;
  readonly writerFunction: string;
}

/** Sets each function's variables, and no other than those it asks for. */
export function environments(config: StageConfig, names: ResourceNames): Environments {
  const TABLE_NAME = names.table;
  const EVENTS_QUEUE_URL = names.eventsQueueUrl;
  const RENDER_REQUESTS_QUEUE_URL = names.renderRequestsQueueUrl;
  const GITOPS_WRITES_QUEUE_URL = names.gitopsWritesQueueUrl;
  const NOTIFICATIONS_QUEUE_URL = names.notificationsQueueUrl;
  const SETTINGS = config.settingsJson;
  const RESEND_AFTER_SECONDS = String(config.resendAfterSeconds);
  const METRICS_NAMESPACE = metricsNamespace(config);
  return {
    authorizer: { TABLE_NAME, REQUESTS_PER_MINUTE: String(config.tokenRequestsPerMinute) },
    artifacts: {
      TABLE_NAME,
      EVENTS_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      METRICS_NAMESPACE,
      RENDERER_FUNCTION_NAME: names.rendererFunction,
    },
    releases: {
      TABLE_NAME,
      EVENTS_QUEUE_URL,
      RENDER_REQUESTS_QUEUE_URL,
      GITOPS_WRITES_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      RENDERER_FUNCTION_NAME: names.rendererFunction,
    },
    admin: {
      TABLE_NAME,
      EVENTS_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      SWEEPER_FUNCTION_NAME: names.sweeperFunction,
      WRITER_FUNCTION_NAME: names.writerFunction,
    },
    docs: {},
    policy: {
      TABLE_NAME,
      EVENTS_QUEUE_URL,
      RENDER_REQUESTS_QUEUE_URL,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      METRICS_NAMESPACE,
    },
    renderer: {
      TABLE_NAME,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      METRICS_NAMESPACE,
      CHARTS_FUNCTION_NAME: names.chartsFunction,
      HELM_PATH: '/opt/helm/helm',
      KUBECTL_PATH: '/opt/kubectl/kubectl',
    },
    charts: {
      TABLE_NAME,
      CHART_HOSTS: config.chartHosts.join(','),
      CHART_CREDENTIALS_SECRET_ID: names.chartCredentialsSecret,
    },
    writer: {
      TABLE_NAME,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      METRICS_NAMESPACE,
      GIT_TOKEN_SECRET_ID: names.gitTokenSecret,
      SIGNING_KEY_SECRET_ID: names.signingKeySecret,
    },
    notifier: {
      TABLE_NAME,
      NOTIFICATIONS_QUEUE_URL,
      SETTINGS,
      RESEND_AFTER_SECONDS,
      NOTIFICATION_SECRETS_ID: names.notificationSecrets,
    },
    sweeper: {
      TABLE_NAME,
      EVENTS_QUEUE_URL,
      RENDER_REQUESTS_QUEUE_URL,
      GITOPS_WRITES_QUEUE_URL,
      NOTIFICATIONS_QUEUE_URL,
      EVENTS_DLQ_URL: names.eventsDlqUrl,
      RENDER_REQUESTS_DLQ_URL: names.renderRequestsDlqUrl,
      GITOPS_WRITES_DLQ_URL: names.gitopsWritesDlqUrl,
      NOTIFICATIONS_DLQ_URL: names.notificationsDlqUrl,
      RESEND_AFTER_SECONDS,
      METRICS_NAMESPACE,
    },
  };
}

/** Where a stage's metrics are, in CloudWatch. */
export function metricsNamespace({ stage }: Pick<StageConfig, 'stage'>): string {
  return `gimletd-${stage}`;
}
