import { writeFileSync } from 'node:fs';
import type { Aws } from './aws-cli.ts';
import type { Reference } from './references.ts';
import type { Resources } from './resources.ts';

const STACK = 'gimletd';

export interface MadeByStack {
  /** What `Ref` is of each resource, by logical id. */
  readonly names: Readonly<Record<string, string>>;
  /** What a reference came to, of those that were asked for. */
  readonly resolve: (reference: Reference) => string | undefined;
}

/**
 * Makes resources by CloudFormation.
 * @param file where the template is to be written
 * @param references as texts; the stack gives each as an output
 * @throws when the stack is not complete
 */
export async function makeByStack(
  aws: Aws,
  file: string,
  resources: Resources,
  references: ReadonlySet<string>,
): Promise<MadeByStack> {
  const outputs = new Map([...references].map((reference, index) => [reference, `Value${index}`]));
  const told = [...outputs].map(([reference, output]) => [output, { Value: JSON.parse(reference) }]);
  writeFileSync(file, JSON.stringify({ Resources: resources, Outputs: Object.fromEntries(told) }));
  await aws('cloudformation', 'create-stack', '--stack-name', STACK, '--template-body', `file://${file}`);
  const values = await outputsOf(aws);
  return {
    names: await namesOf(aws),
    resolve: (reference) => values.get(outputs.get(JSON.stringify(reference)) ?? ''),
  };
}

async function outputsOf(aws: Aws): Promise<Map<string, string>> {
  const { Stacks } = await aws<{ Stacks: StackAnswer[] }>(
    'cloudformation',
    'describe-stacks',
    '--stack-name',
    STACK,
  );
  const [stack] = Stacks;
  if (stack?.StackStatus !== 'CREATE_COMPLETE') throw new Error(`the stack is ${stack?.StackStatus}`);
  return new Map(stack.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

async function namesOf(aws: Aws): Promise<Record<string, string>> {
  const { StackResources } = await aws<{ StackResources: ResourceAnswer[] }>(
    'cloudformation',
    'describe-stack-resources',
    '--stack-name',
    STACK,
  );
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId, PhysicalResourceId }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}

interface StackAnswer {
  readonly StackStatus: string;
  readonly Outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

interface ResourceAnswer {
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}
