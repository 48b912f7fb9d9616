import type { Aws } from './aws-cli.ts';
import type { Resource, Resources } from './merged-template.ts';

// biome-ignore lint/suspicious/noExplicitAny: what AWS answers is untyped JSON, as templates are.
type Json = Record<string, any>;

/** What a template says of one kind of resource, and what AWS says of it; both by the names that AWS gave. */
export interface Comparison {
  readonly what: string;
  readonly template: Json;
  readonly aws: Json;
}

export interface Deployed {
  /** With every reference replaced by what it came to. */
  readonly resources: Resources;
  /** What `Ref` is of each resource, by logical id. */
  readonly names: Readonly<Record<string, string>>;
}

/** Asks AWS for everything that matters of what was deployed. moto keeps no architecture, layers or log of a function. */
export async function readBack(aws: Aws, deployed: Deployed): Promise<Comparison[]> {
  const readers = [functions, queues, mappings, table, logs, rules, roles, alarms, filters];
  return await Promise.all(readers.map((reader) => reader(aws, deployed)));
}

async function functions(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const fields = ['Runtime', 'Handler', 'MemorySize', 'Timeout', 'Role', 'Environment', 'Description'];
  const { Functions } = await aws<{ Functions: Json[] }>('lambda', 'list-functions');
  return {
    what: 'functions',
    template: mapOfType(deployed, 'AWS::Lambda::Function', ({ Properties }) => chosen(Properties, fields)),
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
  const told = mapOfType(deployed, 'AWS::SQS::Queue', ({ Properties }) => chosen(Properties, fields));
  const answers = Object.entries(told).map(async ([url, { FifoQueue, ...properties }]) => {
    const args = ['sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All'];
    const { Attributes } = await aws<{ Attributes: Json }>(...args);
    // Attributes are texts of JSON; what a template leaves open has a default that is AWS's.
    const values = Object.keys(properties).map((name) => [name, JSON.parse(Attributes[name] ?? 'null')]);
    const isFifo = Attributes['FifoQueue'] === 'true';
    return [url, { ...Object.fromEntries(values), ...(isFifo && { FifoQueue: isFifo }) }];
  });
  return { what: 'queues', template: told, aws: Object.fromEntries(await Promise.all(answers)) };
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
    template: mapOfType(deployed, 'AWS::Lambda::EventSourceMapping', ({ Properties }) =>
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
    template,
    aws: byName(tables, 'TableName', (answer) => of(answer, answer['BillingModeSummary']?.BillingMode)),
  };
}

async function logs(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const { logGroups } = await aws<{ logGroups: Json[] }>('logs', 'describe-log-groups');
  return {
    what: 'log groups',
    template: mapOfType(deployed, 'AWS::Logs::LogGroup', ({ Properties }) => Properties.RetentionInDays),
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
    template: mapOfType(deployed, 'AWS::Events::Rule', ({ Properties }) => chosen(Properties, fields)),
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
    template: mapOfType({ resources, names }, 'AWS::IAM::Role', ({ Properties }, name) => ({
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

async function alarms(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const { MetricAlarms } = await aws<{ MetricAlarms: Json[] }>('cloudwatch', 'describe-alarms');
  const template = mapOfType(deployed, 'AWS::CloudWatch::Alarm', ({ Properties }) => Properties);
  return {
    what: 'alarms',
    template,
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
    template: Object.fromEntries(
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

function mapOfType(
  { resources, names }: Deployed,
  type: string,
  map: (resource: Resource, name: string) => unknown,
): Json {
  const ofType = Object.entries(resources).filter(([, { Type }]) => Type === type);
  return Object.fromEntries(
    ofType.map(([id, resource]) => {
      const name = names[id] ?? id;
      return [name, map(resource, name)];
    }),
  );
}

function byName(list: readonly Json[], name: string, map: (answer: Json) => unknown): Json {
  return Object.fromEntries(list.map((answer) => [answer[name], map(answer)]));
}

/** Those of an object's fields that it has. */
function chosen(from: Json, fields: readonly string[]): Json {
  return Object.fromEntries(fields.filter((name) => name in from).map((name) => [name, from[name]]));
}
