import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { FunctionName } from '../../shared/contract/functions.ts';
import { METRICS, type MetricName } from '../../shared/contract/metrics.ts';

/** How long a period of an alarm is unless it says otherwise. */
export const PERIOD = Duration.minutes(5);

export interface WatchProps extends Partial<Omit<AlarmProps, 'alarmDescription' | 'metric'>> {
  /** What is wrong, in a sentence. */
  readonly says: string;
  /** Heading of docs/operations.md that says what to do, as its anchor. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** The least that starts the alarm, unless `comparisonOperator` says otherwise. */
  readonly threshold: number;
}

export interface AlarmBoardProps {
  readonly emails: readonly string[];
  /** Where docs/operations.md is to be read. */
  readonly runbookUrl: string;
}

/** The alarms of a stage, and the topic that tells people when one starts and when it ends. */
export class AlarmBoard extends Construct {
  readonly #topic: Topic;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, { emails, runbookUrl }: AlarmBoardProps) {
    super(scope, id);
    this.#runbookUrl = runbookUrl;
    this.#topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.#topic.addToResourcePolicy(this.#alarmsMayPublish());
    for (const address of emails) this.#topic.addSubscription(new EmailSubscription(address));
  }

  watch(id: string, { says, runbook, ...props }: WatchProps): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${says}. Runbook: ${this.#runbookUrl}#${runbook}`,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  /** A policy of a topic's own, here for TLS, replaces the one by which alarms of the account may publish. */
  #alarmsMayPublish(): PolicyStatement {
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.#topic.topicArn],
      conditions: { ArnLike: { 'aws:SourceArn': alarms } },
    });
  }
}

/** A metric that the product records of itself; of one of the functions that do. */
export function ownMetric(
  namespace: string,
  metricName: MetricName,
  options: { readonly statistic: string; readonly by?: FunctionName; readonly period?: Duration },
): Metric {
  const { statistic, by = METRICS[metricName].by[0], period = PERIOD } = options;
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { service: `gimletd-${by}` },
    statistic,
    period,
  });
}
