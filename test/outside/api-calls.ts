import type { Json } from './comparison.ts';

/** How the `aws` CLI makes a kind of resource that moto's CloudFormation does not. */
interface ApiCall {
  /** Service and operation. */
  readonly command: readonly [string, string];
  /** What the operation takes, of a resource's logical id and properties; one for each call. */
  readonly inputs: (id: string, properties: Json) => readonly object[];
  /** Field of the answer that `Ref` is; without it, `Ref` is the logical id. */
  readonly ref?: string;
}

/** Where a resource's properties are what the operation takes. */
const asTheyAre: ApiCall['inputs'] = (_, properties) => [properties];

const API_CALLS: Readonly<Record<string, ApiCall>> = {
  'AWS::ApiGatewayV2::Api': httpApi('create-api', 'ApiId'),
  'AWS::ApiGatewayV2::Authorizer': httpApi('create-authorizer', 'AuthorizerId'),
  'AWS::ApiGatewayV2::Integration': httpApi('create-integration', 'IntegrationId'),
  'AWS::ApiGatewayV2::Route': httpApi('create-route', 'RouteId'),
  'AWS::ApiGatewayV2::Stage': httpApi('create-stage', 'StageName'),
  'AWS::CloudWatch::Alarm': {
    command: ['cloudwatch', 'put-metric-alarm'],
    inputs: (id, properties) => [{ AlarmName: id, ...properties }],
  },
  'AWS::CloudWatch::Dashboard': { command: ['cloudwatch', 'put-dashboard'], inputs: asTheyAre },
  'AWS::Lambda::Permission': {
    command: ['lambda', 'add-permission'],
    // As long as a statement's name may be.
    inputs: (id, properties) => [{ StatementId: id.slice(-100), ...properties }],
  },
  'AWS::Logs::MetricFilter': {
    command: ['logs', 'put-metric-filter'],
    inputs: (id, properties) => [lowerFirst({ FilterName: id, ...properties }) as object],
  },
  'AWS::SecretsManager::Secret': {
    command: ['secretsmanager', 'create-secret'],
    inputs: (id, { GenerateSecretString, ...properties }) => [
      { Name: id, SecretString: generated(GenerateSecretString), ...properties },
    ],
    ref: 'ARN',
  },
  'AWS::SNS::TopicPolicy': {
    command: ['sns', 'set-topic-attributes'],
    inputs: (_, { Topics, PolicyDocument }) =>
      Topics.map((topic: string) => ({
        TopicArn: topic,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify(PolicyDocument),
      })),
  },
  'AWS::SQS::QueuePolicy': {
    command: ['sqs', 'set-queue-attributes'],
    inputs: (_, { Queues, PolicyDocument }) =>
      Queues.map((queue: string) => ({
        QueueUrl: queue,
        Attributes: { Policy: JSON.stringify(PolicyDocument) },
      })),
  },
};

/** How a kind of resource is made; undefined where CloudFormation does it. */
export function apiCall(type: string): ApiCall | undefined {
  return API_CALLS[type];
}

function httpApi(operation: string, ref: string): ApiCall {
  return { command: ['apigatewayv2', operation], inputs: asTheyAre, ref };
}

/** What CloudFormation would put into a secret; the value is of no matter here. */
function generated({ SecretStringTemplate, GenerateStringKey }: Json): string {
  if (!GenerateStringKey) return 'generated';
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: 'generated' });
}

/** The same with the names that the API of logs has: `FilterName` is `filterName` there. */
function lowerFirst(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(lowerFirst);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      lowerFirst(each),
    ]),
  );
}
