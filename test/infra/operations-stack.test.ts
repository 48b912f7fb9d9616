import { describe, expect, test } from 'vitest';
import { QUEUES } from '../../shared/contract/queues.ts';
import { FUNCTION_NAMES, ofType, resolved, synthesise, theOne } from './synthesised.ts';

const { operations } = synthesise({ alarmEmails: ['ops@example.com'] });
const alarms = ofType(operations, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

describe('somebody is told', () => {
  test('of dead letters and of messages that wait too long, for each queue', () => {
    for (const name of Object.keys(QUEUES)) {
      const metrics = alarms
        .filter(({ AlarmDescription }) => AlarmDescription.includes(` ${name} `))
        .map(({ MetricName }) => MetricName);
      expect(metrics.sort()).toEqual(['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible']);
    }
  });

  test.each(['Errors', 'Throttles'])('of %s of each function', (metric) => {
    const watched = alarms
      .filter(({ MetricName }) => MetricName === metric)
      .map(({ Dimensions }) => resolved(Dimensions[0].Value));
    expect(watched).toHaveLength(FUNCTION_NAMES.length);
    expect(new Set(watched).size).toBe(FUNCTION_NAMES.length);
  });

  test('of throttles of the table, by any operation that functions may call', () => {
    const alarm = alarms.find(({ AlarmDescription }) => /^The table/.test(AlarmDescription));
    const operations = alarm.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: unknown } }) =>
      MetricStat ? JSON.stringify(MetricStat.Metric) : [],
    ).join();
    for (const name of ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']) {
      expect(operations).toContain(`"${name}"`);
    }
  });

  test('when the sweeper is silent, even if there is no figure at all', () => {
    const silent = alarms.find(({ MetricName }) => MetricName === 'Invocations');
    expect(silent).toMatchObject({ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
  });

  test.each([
    ['a GitOps repo is paused', /^PausedRepos/, 'paused', /repo refuses/],
    ['a channel gets no word any more', /^NotificationsGivenUp/, 'notification given up', /does not take/],
  ])('when %s, from what a function says in its log', (_, id, message, words) => {
    const [, filter] = theOne(operations, 'AWS::Logs::MetricFilter', id);
    expect(filter.Properties.FilterPattern).toBe(`{ $.message = "${message}" }`);
    const { MetricName, Namespace } = alarms.find(({ AlarmDescription }) => words.test(AlarmDescription));
    const [transformation] = filter.Properties.MetricTransformations;
    expect(transformation).toMatchObject({ MetricName, MetricNamespace: Namespace });
  });

  test('when heartbeats are not committed, if the stage has any, even if there is no figure at all', () => {
    const isOfHeartbeats = ({ MetricName }: { MetricName?: string }) => MetricName === 'HeartbeatsCommitted';
    expect(alarms.filter(isOfHeartbeats)).toEqual([]);
    const { operations: more } = synthesise({ heartbeat: { env: 'gimletd', everyMinutes: 30 } });
    const found = ofType(more, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    expect(found.filter(isOfHeartbeats)).toEqual([
      expect.objectContaining({
        ...{ Period: 1800, EvaluationPeriods: 3, Threshold: 1, Statistic: 'Sum' },
        ...{ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
      }),
    ]);
    const [, filter] = theOne(more, 'AWS::Logs::MetricFilter', /^HeartbeatsCommitted/);
    expect(filter.Properties.FilterPattern).toBe(
      '{ ($.message = "release ended") && ($.app = "gimletd-heartbeat") && ($.state = "released") }',
    );
  });

  test('by mail, when an alarm starts and when it ends', () => {
    const [topic] = theOne(operations, 'AWS::SNS::Topic', /./);
    for (const { AlarmActions, OKActions } of alarms) {
      expect([AlarmActions, OKActions].map((actions) => actions.map(resolved))).toEqual([[topic], [topic]]);
    }
    const [, subscription] = theOne(operations, 'AWS::SNS::Subscription', /./);
    expect(subscription.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'ops@example.com' });
  });

  test('by a topic that takes what alarms of this account say, for a policy of its own replaces the usual one', () => {
    const [topic] = theOne(operations, 'AWS::SNS::Topic', /./);
    const [, policy] = theOne(operations, 'AWS::SNS::TopicPolicy', /./);
    expect(policy.Properties.Topics.map(resolved)).toEqual([topic]);
    const allowed = policy.Properties.PolicyDocument.Statement.find(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    expect(allowed).toMatchObject({
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
    });
    expect(resolved(allowed.Resource)).toBe(topic);
    expect(resolved(allowed.Condition.ArnLike['aws:SourceArn'])).toBe(
      'arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*',
    );
  });
});
