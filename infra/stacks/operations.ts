import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ComparisonOperator, type Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import { FilterPattern, type IFilterPattern, type JsonPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../shared/contract/functions.ts';
import { HEARTBEAT_APP } from '../../shared/contract/heartbeat.ts';
import type { StageConfig } from '../config.ts';
import { AlarmBoard, ownMetric, PERIOD } from '../constructs/alarm-board.ts';
import { StageDashboard } from '../constructs/stage-dashboard.ts';
import { metricsNamespace } from '../environments.ts';
import type { DataStack } from './data.ts';
import type { ServiceStack } from './service.ts';

/** A message is hidden for six minutes at most between two tries; older ones are stuck. */
const OLDEST_MESSAGE = Duration.minutes(20);

/** A ready release is written within a minute or two, unless its repo is paced or paused. */
const OLDEST_UNPUBLISHED = Duration.minutes(20);

/** The sweeper runs every minute and sends a thousand messages. */
const LONGEST_OVERDUE = Duration.minutes(10);

/** What changed is sealed a minute or two later. */
const OLDEST_UNSEALED = Duration.minutes(15);

/** Many a burst is throttled for a moment; the SDK and the queues try again. */
const THROTTLES = 10;

/** One heartbeat may fall into the period beside its own, and one may meet a deployment. */
const MISSING_HEARTBEATS = 3;

/** What the product promises of itself; docs/operations.md says it in words. */
const OBJECTIVES = {
  accept: { within: Duration.seconds(1), percent: 99.9 },
  commit: { within: Duration.seconds(60), percent: 95 },
  over: Duration.days(1),
} as const;

export interface OperationsStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/** What tells a person that something is wrong, and where to look. */
export class OperationsStack extends Stack {
  readonly #alarms: AlarmBoard;
  readonly #data: DataStack;
  readonly #service: ServiceStack;
  readonly #namespace: string;

  constructor(scope: Construct, id: string, { config, data, service, ...props }: OperationsStackProps) {
    super(scope, id, props);
    this.#data = data;
    this.#service = service;
    this.#namespace = metricsNamespace(config);
    this.#alarms = new AlarmBoard(this, 'Alarms', {
      emails: config.alarmEmails,
      runbookUrl: config.runbookUrl,
    });
    this.#watchQueues();
    this.#watchFunctions();
    this.#watchTable();
    this.#watchApi();
    this.#watchRepos();
    this.#watchNotifications();
    this.#watchSweeper();
    this.#watchObjectives();
    if (config.heartbeat) this.#watchHeartbeat(Duration.minutes(config.heartbeat.everyMinutes));
    new StageDashboard(this, 'Dashboard', {
      name: `gimletd-${config.stage}`,
      namespace: this.#namespace,
      service,
    });
  }

  #watchQueues(): void {
    for (const [name, { queue, deadLetters }] of Object.entries(this.#service.queues)) {
      this.#alarms.watch(`${name}-dead-letters`, {
        says: `A message of ${name} could not be handled: it is in the dead-letter queue`,
        runbook: 'dead-letters',
        metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'max' }),
        threshold: 1,
      });
      this.#alarms.watch(`${name}-age`, {
        says: `Messages of ${name} wait too long: its consumer fails or can't keep up`,
        runbook: 'messages-wait',
        metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: 'max' }),
        threshold: OLDEST_MESSAGE.toSeconds(),
      });
    }
  }

  #watchFunctions(): void {
    for (const [name, { lambda }] of Object.entries(this.#service.functions)) {
      this.#alarms.watch(`${name}-errors`, {
        says: `The function ${name} failed or ran out of time`,
        runbook: 'a-function-fails',
        metric: lambda.metricErrors({ period: PERIOD }),
        threshold: 1,
      });
      this.#alarms.watch(`${name}-throttles`, {
        says: `The function ${name} is not started as often as is asked for`,
        runbook: 'a-function-is-throttled',
        metric: lambda.metricThrottles({ period: PERIOD }),
        threshold: THROTTLES,
      });
    }
  }

  #watchTable(): void {
    const operations = [
      Operation.GET_ITEM,
      Operation.BATCH_GET_ITEM,
      Operation.QUERY,
      Operation.PUT_ITEM,
      Operation.UPDATE_ITEM,
      Operation.DELETE_ITEM,
    ];
    this.#alarms.watch('table-throttles', {
      says: 'The table takes less than it is asked for',
      runbook: 'the-table-is-throttled',
      metric: this.#data.table.metricThrottledRequestsForOperations({ operations, period: PERIOD }),
      threshold: THROTTLES,
    });
  }

  #watchApi(): void {
    this.#alarms.watch('api-errors', {
      says: 'The API answered 5xx',
      runbook: 'the-api-answers-5xx',
      metric: this.#service.api.httpApi.metricServerError({ period: PERIOD, statistic: 'sum' }),
      threshold: 1,
    });
  }

  #watchRepos(): void {
    // The writer says `paused` in its log at each vain probe of a repo.
    const metric = this.#counted('PausedRepos', 'writer', says('paused'));
    this.#alarms.watch('repo-paused', {
      says: "A GitOps repo refuses us or can't be reached",
      runbook: 'a-repo-is-paused',
      metric,
      threshold: 1,
    });
    this.#alarms.watch('unpublished-age', {
      says: 'A release has been ready for long and is not written',
      runbook: 'releases-stay-ready',
      metric: ownMetric(this.#namespace, 'UnpublishedAge', { statistic: 'max' }),
      threshold: OLDEST_UNPUBLISHED.toSeconds(),
      // Nothing is recorded while the writer is not woken: then what it saw last still holds.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  /** The notifier says so in its log for each channel that will never get a notice. */
  #watchNotifications(): void {
    const metric = this.#counted('NotificationsGivenUp', 'notifier', says('notification given up'));
    this.#alarms.watch('notifications-given-up', {
      says: 'A channel does not take what it is told',
      runbook: 'a-notification-is-given-up',
      metric,
      threshold: 1,
    });
  }

  #watchSweeper(): void {
    this.#alarms.watch('sweeper-silent', {
      says: 'The sweeper does not run, so lost messages are not sent again',
      runbook: 'the-sweeper-is-silent',
      metric: this.#service.functions.sweeper.lambda.metricInvocations({ period: PERIOD }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
    this.#alarms.watch('overdue-age', {
      says: "More is due than the sweeper sends, or it can't move what is due",
      runbook: 'work-is-overdue',
      metric: ownMetric(this.#namespace, 'OverdueAge', { statistic: 'max' }),
      threshold: LONGEST_OVERDUE.toSeconds(),
    });
    this.#alarms.watch('audit-unsealed', {
      says: 'Audit entries are not sealed into the chain',
      runbook: 'the-audit-chain-falls-behind',
      metric: ownMetric(this.#namespace, 'AuditUnsealedAge', { statistic: 'max' }),
      threshold: OLDEST_UNSEALED.toSeconds(),
    });
  }

  /** The writer says in its log of each release how it ended. */
  #watchHeartbeat(every: Duration): void {
    const committed = FilterPattern.all(
      says('release ended'),
      FilterPattern.stringValue('$.app', '=', HEARTBEAT_APP),
      FilterPattern.stringValue('$.state', '=', 'released'),
    );
    const metric = this.#counted('HeartbeatsCommitted', 'writer', committed, every);
    this.#alarms.watch('heartbeat-missing', {
      says: 'Heartbeats are not committed: releases do not get through',
      runbook: 'heartbeats-are-missing',
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: MISSING_HEARTBEATS,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  #watchObjectives(): void {
    const { accept, commit, over } = OBJECTIVES;
    this.#objective('accept-objective', 'AcceptLatency', accept, {
      says: `Less than ${accept.percent} % of a day's artifacts were accepted within a second`,
      runbook: 'artifacts-are-accepted-slowly',
    });
    this.#objective('commit-objective', 'CommitLatency', commit, {
      says: `Less than ${commit.percent} % of a day's automatic releases were committed within a minute (of ${over.toHours()} hours)`,
      runbook: 'releases-are-committed-slowly',
    });
  }

  /** How many lines of a function's log are such. */
  #counted(name: string, by: FunctionName, filterPattern: IFilterPattern, period = PERIOD): Metric {
    const { logGroup } = this.#service.functions[by].lambda;
    const names = { metricNamespace: this.#namespace, metricName: name };
    const filter = new MetricFilter(this, name, { logGroup, filterPattern, ...names });
    return filter.metric({ period, statistic: 'sum' });
  }

  #objective(
    id: string,
    metric: 'AcceptLatency' | 'CommitLatency',
    { within, percent }: { readonly within: Duration; readonly percent: number },
    words: { readonly says: string; readonly runbook: string },
  ): void {
    // The share of figures that are not greater, in percent.
    const statistic = Stats.percentileRank(0, within.toMilliseconds());
    this.#alarms.watch(id, {
      ...words,
      metric: ownMetric(this.#namespace, metric, { statistic, period: OBJECTIVES.over }),
      threshold: percent,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    });
  }
}

function says(message: string): JsonPattern {
  return FilterPattern.stringValue('$.message', '=', message);
}
