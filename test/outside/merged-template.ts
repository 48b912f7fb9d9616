import { apiCall } from './api-calls.ts';
import { mapReferences, type Reference } from './references.ts';
import { except, mentions, pick, type Resource, type Resources } from './resources.ts';

export interface Template {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface MergedTemplate {
  /** What moto's CloudFormation makes. */
  readonly made: Resources;
  /** What moto makes, but not by CloudFormation; one alarm of each metric, for each takes a call. */
  readonly madeByApi: Resources;
  /** Alarms that moto refuses, what refers to such, and alarms of the same metric as others. */
  readonly leftOut: Resources;
}

/** A statistic of CloudWatch that moto refuses in alarms. */
const PERCENTILE_RANK = /^PR\(/;

/**
 * Stacks as one, because moto knows no `Fn::GetStackOutput`; a reference to another stack becomes one to the resource.
 * @param templates by the stacks' names
 */
export function mergeTemplates(templates: Readonly<Record<string, Template>>): MergedTemplate {
  const all = Object.assign({}, ...Object.values(templates).map(({ Resources }) => Resources)) as Resources;
  const refused = Object.keys(pick(all, isRefused));
  const merged = mapResources(all, (id, resource) => named(id, merge(resource, templates)));
  const known = pick(merged, (resource) => !isRefused(resource) && !mentions(resource, refused));
  const madeByApi = oneOfEachMetric(pick(known, ({ Type }) => apiCall(Type) !== undefined));
  const made = pick(known, ({ Type }) => apiCall(Type) === undefined);
  return { made, madeByApi, leftOut: except(merged, { ...made, ...madeByApi }) };
}

function isRefused({ Properties }: Resource): boolean {
  return PERCENTILE_RANK.test(Properties?.ExtendedStatistic);
}

function merge<T>(value: T, templates: Readonly<Record<string, Template>>): T {
  return mapReferences(value, (reference) => {
    if (!('Fn::GetStackOutput' in reference)) return reference;
    return merge(outputOf(reference['Fn::GetStackOutput'] as Reference, templates), templates);
  }) as T;
}

function outputOf(operand: Reference, templates: Readonly<Record<string, Template>>): unknown {
  const [stack, name] = [String(operand['StackName']), String(operand['OutputName'])];
  const output = templates[stack]?.Outputs?.[name];
  if (!output) throw new Error(`there is no output ${name} of ${stack}`);
  return output.Value;
}

/** CloudFormation gives FIFO queues a name that ends in `.fifo`; moto does not. */
function named(id: string, resource: Resource): Resource {
  if (resource.Type !== 'AWS::SQS::Queue' || !resource.Properties.FifoQueue) return resource;
  return { ...resource, Properties: { ...resource.Properties, QueueName: `${id}.fifo` } };
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

function mapResources(resources: Resources, map: (id: string, resource: Resource) => Resource): Resources {
  return Object.fromEntries(Object.entries(resources).map(([id, resource]) => [id, map(id, resource)]));
}
