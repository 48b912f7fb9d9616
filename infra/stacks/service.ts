import { join } from 'node:path';
import { KubectlV35Layer } from '@aws-cdk/lambda-layer-kubectl-v35';
import { CfnOutput, Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../shared/contract/functions.ts';
import type { HeartbeatRequest } from '../../shared/contract/heartbeat.ts';
import { QUEUES } from '../../shared/contract/queues.ts';
import type { QueueName } from '../access.ts';
import type { StageConfig } from '../config.ts';
import { Api } from '../constructs/api.ts';
import { ServiceFunction, type ServiceFunctionProps } from '../constructs/service-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import { type Environments, environments } from '../environments.ts';
import { grants, type ResourceArns } from '../grants.ts';
import type { DataStack } from './data.ts';

export interface ServiceStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  /** Folder that holds `<name>/index.mjs` of every function. */
  readonly bundles: string;
}

/** What runs: queues, functions and the HTTP API. It can be deleted and deployed again, and nothing is lost. */
export class ServiceStack extends Stack {
  readonly queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly functions: Readonly<Record<FunctionName, ServiceFunction>>;
  readonly api: Api;
  readonly #props: ServiceStackProps;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { config } = props;
    this.queues = {
      events: new WorkQueue(this, 'events'),
      'render-requests': new WorkQueue(this, 'render-requests'),
      'gitops-writes': new WorkQueue(this, 'gitops-writes'),
      notifications: new WorkQueue(this, 'notifications'),
    };
    this.functions = this.#makeFunctions(this.#environments());
    const arns = this.#resourceArns();
    for (const [name, fn] of entries(this.functions)) fn.may(grants(name, arns));
    this.#feedQueues();
    this.#sweepEveryMinute();
    this.#keepAuditHeadEveryDay();
    if (config.heartbeat) this.#releaseHeartbeats(config.heartbeat);
    this.api = new Api(this, 'Api', {
      functions: this.functions,
      throttle: config.throttle,
      logRetention: config.logRetentionDays,
      domain: config.domain,
    });
    new CfnOutput(this, 'ApiUrl', { value: this.api.url });
  }

  #environments(): Environments {
    const { config, data } = this.#props;
    return environments(config, {
      table: data.table.tableName,
      eventsQueueUrl: this.queues.events.queue.queueUrl,
      renderRequestsQueueUrl: this.queues['render-requests'].queue.queueUrl,
      gitopsWritesQueueUrl: this.queues['gitops-writes'].queue.queueUrl,
      notificationsQueueUrl: this.queues.notifications.queue.queueUrl,
      eventsDlqUrl: this.queues.events.deadLetters.queueUrl,
      renderRequestsDlqUrl: this.queues['render-requests'].deadLetters.queueUrl,
      gitopsWritesDlqUrl: this.queues['gitops-writes'].deadLetters.queueUrl,
      notificationsDlqUrl: this.queues.notifications.deadLetters.queueUrl,
      gitTokenSecret: data.gitToken.secretArn,
      signingKeySecret: data.signingKey.secretArn,
      chartCredentialsSecret: data.chartCredentials.secretArn,
      notificationSecrets: data.notificationSecrets.secretArn,
      chartsFunction: Lazy.string({ produce: () => this.functions.charts.lambda.functionName }),
      rendererFunction: Lazy.string({ produce: () => this.functions.renderer.lambda.functionName }),
      sweeperFunction: Lazy.string({ produce: () => this.functions.sweeper.lambda.functionName }),
      writerFunction: Lazy.string({ produce: () => this.functions.writer.lambda.functionName }),
    });
  }

  #makeFunctions(env: Environments): Record<FunctionName, ServiceFunction> {
    const { config } = this.#props;
    // The layer's binaries are x86_64 only, hence the renderer's architecture.
    const helm = new KubectlV35Layer(this, 'HelmLayer');
    const writers = config.reserveWriterConcurrency ? config.settings.writerLanes : undefined;
    return {
      authorizer: this.#makeFunction('authorizer', env),
      artifacts: this.#makeFunction('artifacts', env),
      releases: this.#makeFunction('releases', env),
      admin: this.#makeFunction('admin', env),
      docs: this.#makeFunction('docs', env),
      policy: this.#makeFunction('policy', env),
      renderer: this.#makeFunction('renderer', env, { layers: [helm] }),
      charts: this.#makeFunction('charts', env),
      writer: this.#makeFunction('writer', env, { reservedConcurrency: writers }),
      notifier: this.#makeFunction('notifier', env),
      sweeper: this.#makeFunction('sweeper', env),
    };
  }

  #makeFunction(
    name: FunctionName,
    env: Environments,
    extras: Pick<ServiceFunctionProps, 'layers' | 'reservedConcurrency'> = {},
  ): ServiceFunction {
    return new ServiceFunction(this, name, {
      bundle: join(this.#props.bundles, name),
      environment: env[name],
      logRetention: this.#props.config.logRetentionDays,
      ...extras,
    });
  }

  #resourceArns(): ResourceArns {
    const { table, gitToken, signingKey, chartCredentials, notificationSecrets } = this.#props.data;
    return {
      table: table.tableArn,
      queues: mapValues(this.queues, ({ queue }) => queue.queueArn),
      deadLetters: mapValues(this.queues, ({ deadLetters }) => deadLetters.queueArn),
      secrets: {
        gitToken: gitToken.secretArn,
        signingKey: signingKey.secretArn,
        chartCredentials: chartCredentials.secretArn,
        notificationSecrets: notificationSecrets.secretArn,
      },
      functions: mapValues(this.functions, ({ lambda }) => lambda.functionArn),
    };
  }

  /** Standard queues feed as many invocations as a burst asks for; the FIFO queue's are bounded by its groups. */
  #feedQueues(): void {
    const bounds: Partial<Record<FunctionName, number>> = this.#props.config.maxConcurrency;
    for (const [name, queue] of entries(this.queues)) {
      const { consumer } = QUEUES[name];
      queue.feed(this.functions[consumer], bounds[consumer]);
    }
  }

  /** The head of the audit chain goes into git. A writer that is at work is asked again by AWS, for hours. */
  #keepAuditHeadEveryDay(): void {
    new Rule(this, 'EveryDay', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [
        new LambdaTarget(this.functions.writer.lambda, {
          event: RuleTargetInput.fromObject({ ask: 'keep-audit-head' }),
        }),
      ],
    });
  }

  /** One that can't be accepted before the next is due says no more than that one. */
  #releaseHeartbeats({ env, namespace, everyMinutes }: NonNullable<StageConfig['heartbeat']>): void {
    const every = Duration.minutes(everyMinutes);
    const request: HeartbeatRequest = { ask: 'heartbeat', env, namespace, time: EventField.time };
    new Rule(this, 'Heartbeat', {
      schedule: Schedule.rate(every),
      targets: [
        new LambdaTarget(this.functions.artifacts.lambda, {
          event: RuleTargetInput.fromObject(request),
          maxEventAge: every,
        }),
      ],
    });
  }

  /** A missed minute is made up for by the next, so a failed invocation is not tried again. */
  #sweepEveryMinute(): void {
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new LambdaTarget(this.functions.sweeper.lambda, {
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
  }
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

function mapValues<K extends string, V, W>(
  record: Readonly<Record<K, V>>,
  map: (value: V) => W,
): Record<K, W> {
  return Object.fromEntries(entries(record).map(([key, value]) => [key, map(value)])) as Record<K, W>;
}
