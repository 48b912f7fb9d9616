import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { metricsNamespace } from '../environments.ts';
import type { ServiceStack } from './service.ts';

const PERIOD = Duration.minutes(5);

/** A message is hidden for six minutes at most between two tries; older ones are stuck. */
const OLDEST_MESSAGE = Duration.minutes(20);

export interface OperationsStackProps extends StackProps {
  readonly config: StageConfig;
  readonly service: ServiceStack;
}

/** What tells a person that something is wrong, and where to look. */
export class OperationsStack extends Stack {
  readonly #topic: Topic;
  readonly #service: ServiceStack;

  constructor(scope: Construct, id: string, { config, service, ...props }: OperationsStackProps) {
    super(scope, id, props);
    this.#service = service;
    this.#topic = new Topic(this, 'Alarms', { enforceSSL: true });
    for (const address of config.alarmEmails) this.#topic.addSubscription(new EmailSubscription(address));
    this.#watchQueues();
    this.#watchFunctions();
    this.#watchApi();
    this.#watchRepos(metricsNamespace(config));
    this.#makeDashboard(config.stage);
  }

  #watchQueues(): void {
    for (const [name, { queue, deadLetters }] of Object.entries(this.#service.queues)) {
      this.#alarm(`${name}-dead-letters`, {
        alarmDescription: `A message of ${name} could not be handled: read it in the dead-letter queue`,
        metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'max' }),
        threshold: 1,
      });
      this.#alarm(`${name}-age`, {
        alarmDescription: `Messages of ${name} wait too long: its consumer fails or can't keep up`,
        metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: 'max' }),
        threshold: OLDEST_MESSAGE.toSeconds(),
      });
    }
  }

  #watchFunctions(): void {
    for (const [name, { lambda }] of Object.entries(this.#service.functions)) {
      this.#alarm(`${name}-errors`, {
        alarmDescription: `The function ${name} failed or ran out of time: see its log`,
        metric: lambda.metricErrors({ period: PERIOD }),
        threshold: 1,
      });
    }
    this.#alarm('sweeper-silent', {
      alarmDescription: 'The sweeper does not run, so lost messages are not sent again',
      metric: this.#service.functions.sweeper.lambda.metricInvocations({ period: PERIOD }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  #watchApi(): void {
    this.#alarm('api-errors', {
      alarmDescription: 'The API answered 5xx: see the access log',
      metric: this.#service.api.httpApi.metricServerError({ period: PERIOD, statistic: 'sum' }),
      threshold: 1,
    });
  }

  /** The writer says `paused` in its log at each vain probe of a repo. */
  #watchRepos(metricNamespace: string): void {
    const filter = new MetricFilter(this, 'PausedRepos', {
      logGroup: this.#service.functions.writer.lambda.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'paused'),
      metricNamespace,
      metricName: 'PausedRepos',
    });
    this.#alarm('repo-paused', {
      alarmDescription: "A GitOps repo refuses us or can't be reached: the writer's log has its words",
      metric: filter.metric({ period: PERIOD, statistic: 'sum' }),
      threshold: 1,
    });
  }

  #alarm(id: string, props: Omit<AlarmProps, 'evaluationPeriods'>): void {
    const alarm = new Alarm(this, id, {
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  #makeDashboard(stage: string): void {
    const { functions, queues, api } = this.#service;
    const lambdas = Object.values(functions).map(({ lambda }) => lambda);
    const works = Object.values(queues);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `gimletd-${stage}`,
      widgets: [
        [
          graph('Requests', [api.httpApi.metricCount(), api.httpApi.metricClientError()]),
          graph('Latency of answers, ms', [
            api.httpApi.metricLatency({ statistic: 'p50' }),
            api.httpApi.metricLatency({ statistic: 'p99' }),
          ]),
        ],
        [
          graph(
            'Age of the oldest message, s',
            works.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage()),
          ),
          graph(
            'Dead letters',
            works.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible()),
          ),
        ],
        [
          graph(
            'Errors',
            lambdas.map((lambda) => lambda.metricErrors()),
          ),
          graph(
            'Duration, p99, ms',
            lambdas.map((lambda) => lambda.metricDuration({ statistic: 'p99' })),
          ),
        ],
      ],
    });
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 12 });
}
