import type { Aws } from './aws-cli.ts';
import { byName, type Comparison, chosen, type Deployed, type Json, mapOfType } from './comparison.ts';
import { dashboards } from './read-back-dashboard.ts';
import { httpApi } from './read-back-http-api.ts';
import { functionPolicies, policyOf, refusesPlainHttp, topics } from './read-back-policies.ts';

/** Asks AWS for everything that matters of what was deployed. moto keeps no architecture, layers or log of a function. */
export async function readBack(aws: Aws, deployed: Deployed): Promise<Comparison[]> {
  const readers = [
    ...[functions, functionPolicies, queues, topics, mappings, table, logs, rules, roles, secrets],
    ...[alarms, filters, dashboards, httpApi],
  ];
  return (await Promise.all(readers.map((reader) => reader(aws, deployed)))).flat();
}

async function functions(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const fields = ['Runtime', 'Handler', 'MemorySize', 'Timeout', 'Role', 'Environment', 'Description'];
  const { Functions } = await aws<{ Functions: Json[] }>('lambda', 'list-functions');
  return {
    what: 'functions',
    expected: mapOfType(deployed, 'AWS::Lambda::Function', ({ Properties }) => chosen(Properties, fields)),
    aws: byName(Functions, 'FunctionName', (answer) => chosen(answer, fields)),
  };
}

async function queues(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const fields = [
    'VisibilityTimeout',
    'MessageRetentionPeriod',
    'FifoQueue',
    'SqsManagedSseEnabled',
    'RedrivePolicy',
  ];
  const expected = mapOfType(deployed, 'AWS::SQS::Queue', ({ Properties }, url) => ({
    ...chosen(Properties, fields),
    Policy: policyOf(deployed, 'AWS::SQS::QueuePolicy', 'Queues', url),
    refusesPlainHttp: true,
  }));
  const answers = Object.entries(expected).map(async ([url, { FifoQueue, refusesPlainHttp: _, ...told }]) => {
    const args = ['sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All'];
    const { Attributes } = await aws<{ Attributes: Json }>(...args);
    // Attributes are texts of JSON; what a template leaves open has a default that is AWS's.
    const values = Object.keys(told).map((name) => [name, JSON.parse(Attributes[name] ?? 'null')]);
    const isFifo = Attributes['FifoQueue'] === 'true';
    const answer: Json = { ...Object.fromEntries(values), ...(isFifo && { FifoQueue: isFifo }) };
    return [url, { ...answer, refusesPlainHttp: refusesPlainHttp(answer['Policy']) }];
  });
  return { what: 'queues', expected, aws: Object.fromEntries(await Promise.all(answers)) };
}

async function mappings(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const fields = ['BatchSize', 'FunctionResponseTypes', 'ScalingConfig', 'MaximumBatchingWindowInSeconds'];
  const of = (properties: Json, functionName: string) => ({
    ...chosen(properties, fields),
    functionName,
    queue: properties['EventSourceArn'],
  });
  const { EventSourceMappings } = await aws<{ EventSourceMappings: Json[] }>(
    'lambda',
    'list-event-source-mappings',
  );
  return {
    what: 'event source mappings',
    expected: mapOfType(deployed, 'AWS::Lambda::EventSourceMapping', ({ Properties }) =>
      of(Properties, Properties.FunctionName),
    ),
    aws: byName(EventSourceMappings, 'UUID', (answer) => of(answer, answer['FunctionArn'].split(':').pop())),
  };
}

async function table(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const fields = ['AttributeDefinitions', 'KeySchema', 'DeletionProtectionEnabled'];
  const of = (properties: Json, billing: string) => ({
    ...chosen(properties, fields),
    billing,
    indexes: byName(properties['GlobalSecondaryIndexes'], 'IndexName', (index) =>
      chosen(index, ['KeySchema', 'Projection']),
    ),
  });
  const template = mapOfType(deployed, 'AWS::DynamoDB::Table', ({ Properties }) =>
    of(Properties, Properties.BillingMode),
  );
  const answers = Object.keys(template).map((name) =>
    aws<{ Table: Json }>('dynamodb', 'describe-table', '--table-name', name),
  );
  const tables = (await Promise.all(answers)).map(({ Table }) => Table);
  return {
    what: 'the table',
    expected: template,
    aws: byName(tables, 'TableName', (answer) => of(answer, answer['BillingModeSummary']?.BillingMode)),
  };
}

async function logs(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const { logGroups } = await aws<{ logGroups: Json[] }>('logs', 'describe-log-groups');
  return {
    what: 'log groups',
    expected: mapOfType(deployed, 'AWS::Logs::LogGroup', ({ Properties }) => Properties.RetentionInDays),
    aws: byName(logGroups, 'logGroupName', (answer) => answer['retentionInDays']),
  };
}

async function rules(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const fields = ['ScheduleExpression', 'State', 'Targets'];
  const { Rules } = await aws<{ Rules: Json[] }>('events', 'list-rules');
  const withTargets = Rules.map(async (rule) => ({
    ...rule,
    ...(await aws<{ Targets: Json[] }>('events', 'list-targets-by-rule', '--rule', rule['Name'])),
  }));
  return {
    what: 'rules',
    expected: mapOfType(deployed, 'AWS::Events::Rule', ({ Properties }) => chosen(Properties, fields)),
    aws: byName(await Promise.all(withTargets), 'Name', (answer) => chosen(answer, fields)),
  };
}

/** Each with all of its inline policies, and who may take it on. */
async function roles(aws: Aws, { resources, names }: Deployed): Promise<Comparison> {
  const policies = Object.values(resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  const { RoleDetailList } = await aws<{ RoleDetailList: Json[] }>(
    'iam',
    'get-account-authorization-details',
    '--filter',
    'Role',
  );
  const documents = (list: readonly Json[]) =>
    byName(list, 'PolicyName', (policy) => policy['PolicyDocument']);
  return {
    what: 'roles',
    expected: mapOfType({ resources, names }, 'AWS::IAM::Role', ({ Properties }, name) => ({
      trust: Properties.AssumeRolePolicyDocument,
      policies: documents(
        policies.map(({ Properties: policy }) => policy).filter(({ Roles }) => Roles.includes(name)),
      ),
    })),
    aws: byName(RoleDetailList, 'RoleName', (answer) => ({
      trust: answer['AssumeRolePolicyDocument'],
      policies: documents(answer['RolePolicyList']),
    })),
  };
}

async function secrets(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const { SecretList } = await aws<{ SecretList: Json[] }>('secretsmanager', 'list-secrets');
  return {
    what: 'secrets',
    expected: mapOfType(deployed, 'AWS::SecretsManager::Secret', ({ Properties }) => Properties.Description),
    aws: byName(SecretList, 'ARN', (answer) => answer['Description']),
  };
}

async function alarms(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const { MetricAlarms } = await aws<{ MetricAlarms: Json[] }>('cloudwatch', 'describe-alarms');
  const template = mapOfType(deployed, 'AWS::CloudWatch::Alarm', ({ Properties }) => Properties);
  return {
    what: 'alarms',
    expected: template,
    aws: byName(MetricAlarms, 'AlarmName', (answer) =>
      chosen(answer, Object.keys(template[answer['AlarmName']] ?? {})),
    ),
  };
}

async function filters(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const { metricFilters } = await aws<{ metricFilters: Json[] }>('logs', 'describe-metric-filters');
  const template = mapOfType(deployed, 'AWS::Logs::MetricFilter', ({ Properties }) => Properties);
  const of = ({ FilterPattern, LogGroupName, MetricTransformations: [metric] }: Json) => ({
    filter: FilterPattern,
    log: LogGroupName,
    metric: [metric.MetricNamespace, metric.MetricName, metric.MetricValue],
  });
  return {
    what: 'metric filters',
    expected: Object.fromEntries(
      Object.entries(template).map(([name, properties]) => [name, of(properties)]),
    ),
    aws: byName(metricFilters, 'filterName', (answer) => ({
      filter: answer['filterPattern'],
      log: answer['logGroupName'],
      metric: ['metricNamespace', 'metricName', 'metricValue'].map(
        (name) => answer['metricTransformations'][0][name],
      ),
    })),
  };
}
