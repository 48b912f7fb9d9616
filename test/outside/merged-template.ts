import { ACCOUNT, REGION } from './aws-cli.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are untyped JSON.
  readonly Properties: any;
}
export type Resources = Readonly<Record<string, Resource>>;

export interface Template {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface MergedTemplate {
  /** What moto's CloudFormation makes. */
  readonly made: Resources;
  /** What moto makes, but not by CloudFormation; one alarm of each metric, for each takes a call. */
  readonly madeByApi: Resources;
  /** What moto does not make, what refers to such, and alarms of the same metric as others. */
  readonly leftOut: Resources;
}

const BY_API = ['AWS::CloudWatch::Alarm', 'AWS::Logs::MetricFilter'];
/** A secret's ARN stands in for it; the others are left out with whatever refers to them. */
const SECRET = 'AWS::SecretsManager::Secret';
const UNKNOWN = /^AWS::(ApiGatewayV2::.*|SQS::QueuePolicy|SNS::TopicPolicy)$/;
/** A statistic of CloudWatch that moto refuses in alarms. */
const PERCENTILE_RANK = /^PR\(/;

/**
 * Stacks as one, because moto knows no `Fn::GetStackOutput`; a reference to another stack becomes one to the resource.
 * @param templates by the stacks' names
 */
export function mergeTemplates(templates: Readonly<Record<string, Template>>): MergedTemplate {
  const all = Object.assign({}, ...Object.values(templates).map(({ Resources }) => Resources)) as Resources;
  const isUnknown = ({ Type, Properties }: Resource) =>
    UNKNOWN.test(Type) || PERCENTILE_RANK.test(Properties?.ExtendedStatistic);
  const unknown = Object.keys(pick(all, isUnknown));
  const merged = mapResources(all, (id, resource) => named(id, merge(resource, templates, all)));
  const isLeftOut = (resource: Resource) =>
    isUnknown(resource) || resource.Type === SECRET || mentions(resource, unknown);
  const known = pick(merged, (resource) => !isLeftOut(resource));
  const madeByApi = oneOfEachMetric(pick(known, isByApi));
  const made = pick(known, (resource) => !isByApi(resource));
  return { made, madeByApi, leftOut: except(merged, { ...made, ...madeByApi }) };
}

/** Where a value refers to something, that is told; elsewhere the value is kept. */
export function mapReferences(value: unknown, map: (reference: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => mapReferences(each, map));
  const [key = '', ...more] = Object.keys(value);
  if (more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return map(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapReferences(each, map)]));
}

function merge<T>(value: T, templates: Readonly<Record<string, Template>>, all: Resources): T {
  return mapReferences(value, (reference) => {
    const [[kind, operand] = []] = Object.entries(reference);
    if (kind === 'Fn::GetStackOutput') {
      const output = templates[operand.StackName]?.Outputs?.[operand.OutputName];
      if (!output) throw new Error(`there is no output ${operand.OutputName} of ${operand.StackName}`);
      return merge(output.Value, templates, all);
    }
    if (kind === 'Ref' && all[operand]?.Type === SECRET) {
      return `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${operand}`;
    }
    return kind === 'Ref' ? reference : { [String(kind)]: merge(operand, templates, all) };
  }) as T;
}

/** CloudFormation gives FIFO queues a name that ends in `.fifo`; moto does not. */
function named(id: string, resource: Resource): Resource {
  if (resource.Type !== 'AWS::SQS::Queue' || !resource.Properties.FifoQueue) return resource;
  return { ...resource, Properties: { ...resource.Properties, QueueName: `${id}.fifo` } };
}

function mentions(resource: Resource, ids: readonly string[]): boolean {
  const text = JSON.stringify(resource);
  return ids.some((id) => text.includes(`"${id}"`) || text.includes(`\${${id}}`));
}

function isByApi({ Type }: Resource): boolean {
  return BY_API.includes(Type);
}

function oneOfEachMetric(resources: Resources): Resources {
  const metricOf = (id: string, { Type, Properties }: Resource) =>
    Type === 'AWS::CloudWatch::Alarm' ? `${Properties.Namespace} ${Properties.MetricName}` : id;
  const first = new Map<string, string>();
  for (const [id, resource] of Object.entries(resources)) {
    const metric = metricOf(id, resource);
    if (!first.has(metric)) first.set(metric, id);
  }
  const ids = new Set(first.values());
  return Object.fromEntries(Object.entries(resources).filter(([id]) => ids.has(id)));
}

function except(resources: Resources, others: Resources): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([id]) => !(id in others)));
}

function pick(resources: Resources, isWanted: (resource: Resource) => boolean): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([, resource]) => isWanted(resource)));
}

function mapResources(resources: Resources, map: (id: string, resource: Resource) => Resource): Resources {
  return Object.fromEntries(Object.entries(resources).map(([id, resource]) => [id, map(id, resource)]));
}
