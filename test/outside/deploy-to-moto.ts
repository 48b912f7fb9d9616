import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inParallel } from '../../shared/concurrency/in-parallel.ts';
import { ACCOUNT, type Aws, awsCli, REGION } from './aws-cli.ts';
import { mapReferences, mergeTemplates, type Resources, type Template } from './merged-template.ts';
import { type Comparison, type Deployed, readBack } from './read-back.ts';

const STACK = 'gimletd';
/** Where `cdk bootstrap` has assets kept. */
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
/** A zip archive without files: moto asks that there be code, and runs none. */
const EMPTY_ZIP = Buffer.from(`PK\u0005\u0006${'\0'.repeat(18)}`, 'latin1');
const AT_ONCE = 4;

export interface Deployment {
  /** Numbers of resources that were deployed, and of those that moto does not make. */
  readonly deployed: number;
  readonly leftOut: Readonly<Record<string, number>>;
  /** One line for each resource that is not as its template says. */
  readonly differences: readonly string[];
}

/**
 * Deploys synthesised stacks with the `aws` CLI, and reads back what came of them.
 * @param synthesised folder with the templates
 * @param endpoint of an empty moto
 * @throws when what is there can't be deployed; the message is what `aws` says
 */
export async function deployToMoto(synthesised: string, endpoint: string): Promise<Deployment> {
  const aws = awsCli(endpoint);
  const { made, madeByApi, leftOut } = mergeTemplates(readTemplates(synthesised));
  await putAssets(aws, synthesised, made);
  const template = join(synthesised, 'merged.json');
  const values = valuesOf({ ...made, ...madeByApi });
  writeFileSync(template, JSON.stringify({ Resources: made, Outputs: outputs(values) }));
  await aws('cloudformation', 'create-stack', '--stack-name', STACK, '--template-body', `file://${template}`);
  const deployed = await described(aws, { ...made, ...madeByApi }, values);
  await putByApi(aws, deployed, madeByApi);
  const comparisons = await readBack(aws, deployed);
  return {
    deployed: Object.keys(deployed.resources).length,
    leftOut: countTypes(leftOut),
    differences: comparisons.flatMap(differences),
  };
}

function readTemplates(folder: string): Record<string, Template> {
  const ending = '.template.json';
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return Object.fromEntries(
    files.map((file) => [
      file.slice(0, -ending.length),
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    ]),
  );
}

async function putAssets(aws: Aws, scratch: string, resources: Resources): Promise<void> {
  const folder = join(scratch, 'empty-assets');
  mkdirSync(folder);
  for (const { Properties } of Object.values(resources)) {
    const code = Properties?.Code ?? Properties?.Content;
    if (code?.S3Key) writeFileSync(join(folder, code.S3Key), EMPTY_ZIP);
  }
  await aws('s3', 'mb', `s3://${ASSETS}`);
  await aws('s3', 'cp', '--recursive', '--only-show-errors', folder, `s3://${ASSETS}/`);
}

/** Every reference there is, by its text; the stack is to give each as an output. */
function valuesOf(
  resources: Resources,
): Map<string, { readonly output: string; readonly reference: object }> {
  const values = new Map<string, { output: string; reference: object }>();
  mapReferences(resources, (reference) => {
    const text = JSON.stringify(reference);
    if (!values.has(text)) values.set(text, { output: `Value${values.size}`, reference });
  });
  return values;
}

function outputs(values: ReturnType<typeof valuesOf>): Record<string, { Value: object }> {
  return Object.fromEntries(
    [...values.values()].map(({ output, reference }) => [output, { Value: reference }]),
  );
}

/** @throws when the stack is not complete */
async function described(
  aws: Aws,
  resources: Resources,
  values: ReturnType<typeof valuesOf>,
): Promise<Deployed> {
  const { Stacks } = await aws<{ Stacks: StackAnswer[] }>(
    'cloudformation',
    'describe-stacks',
    '--stack-name',
    STACK,
  );
  const [stack] = Stacks;
  if (stack?.StackStatus !== 'CREATE_COMPLETE') throw new Error(`the stack is ${stack?.StackStatus}`);
  const outputs = new Map(stack.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const { StackResources } = await aws<{ StackResources: ResourceAnswer[] }>(
    'cloudformation',
    'describe-stack-resources',
    '--stack-name',
    STACK,
  );
  const resolve = (reference: object) => {
    const value = outputs.get(values.get(JSON.stringify(reference))?.output ?? '');
    if (value === undefined) throw new Error(`nothing came of ${JSON.stringify(reference)}`);
    return value;
  };
  const names = StackResources.map(
    ({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId] as const,
  );
  return {
    resources: mapReferences(resources, resolve) as Resources,
    names: Object.fromEntries(names),
  };
}

interface StackAnswer {
  readonly StackStatus: string;
  readonly Outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

interface ResourceAnswer {
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}

/** Alarms and metric filters, whose properties are those that the commands take. */
async function putByApi(aws: Aws, { resources }: Deployed, madeByApi: Resources): Promise<void> {
  await inParallel(Object.keys(madeByApi), AT_ONCE, async (id) => {
    const { Type, Properties } = resources[id] ?? { Type: '', Properties: {} };
    const [command, input] =
      Type === 'AWS::CloudWatch::Alarm'
        ? [['cloudwatch', 'put-metric-alarm'], { AlarmName: id, ...Properties }]
        : [['logs', 'put-metric-filter'], lowerFirst({ FilterName: id, ...Properties })];
    await aws(...command, '--cli-input-json', JSON.stringify(input));
  });
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

function countTypes(resources: Resources): Record<string, number> {
  const types = Object.groupBy(Object.values(resources), ({ Type }) => Type);
  return Object.fromEntries(Object.entries(types).map(([type, list]) => [type, list?.length ?? 0]));
}

function differences({ what, template, aws }: Comparison): string[] {
  const names = new Set([...Object.keys(template), ...Object.keys(aws)]);
  if (names.size === 0) return [`${what}: there are none`];
  return [...names]
    .filter((name) => !isDeepStrictEqual(template[name], aws[name]))
    .map(
      (name) =>
        `${what}: ${name} is ${JSON.stringify(aws[name])}, the template says ${JSON.stringify(template[name])}`,
    );
}
