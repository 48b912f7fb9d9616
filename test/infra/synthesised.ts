import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseStage } from '../../infra/config.ts';
import { defineStacks } from '../../infra/define-stacks.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/contract/functions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

/** A resource of a template, as CloudFormation reads it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are untyped JSON, and each test looks at another corner.
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}
export type Resources = Readonly<Record<string, Resource>>;

export interface Synthesised {
  readonly data: Resources;
  readonly service: Resources;
  readonly operations: Resources;
  /** Empty where the stage does not ask for it. */
  readonly edge: Resources;
}

export const SETTINGS = {
  gitops: { repo: 'https://git.example.com/acme/gitops.git', branch: 'main' },
  bot: { name: 'Bot', email: 'bot@example.com' },
};

/** The templates of a stage, synthesised with the feature flags that `cdk synth` uses. */
export function synthesise(stage: Record<string, unknown> = {}): Synthesised {
  using folder = temporaryFolder();
  const config = parseStage('test', JSON.stringify({ settings: SETTINGS, ...stage }));
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  const app = new App({ outdir: join(folder.path, 'cdk.out'), context, analyticsReporting: false });
  const stacks = defineStacks(app, config, anyBundles(folder.path));
  const resourcesOf = (name: keyof typeof stacks): Resources =>
    stacks[name] ? Template.fromStack(stacks[name]).toJSON()['Resources'] : {};
  return {
    data: resourcesOf('data'),
    service: resourcesOf('service'),
    operations: resourcesOf('operations'),
    edge: resourcesOf('edge'),
  };
}

/** A template names a bundle by its hash only, so what the bundles do is nothing to these tests. */
function anyBundles(dir: string): string {
  for (const name of FUNCTION_NAMES) {
    const bundle = join(dir, 'bundles', name);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, 'index.mjs'), `// ${name}`);
  }
  return join(dir, 'bundles');
}

/** A template's resources of a type, by logical id. */
export function ofType(resources: Resources, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

/** The one resource of a type whose logical id matches; there must be one. */
export function theOne(resources: Resources, type: string, id: RegExp): [string, Resource] {
  const [found, ...more] = ofType(resources, type).filter(([logicalId]) => id.test(logicalId));
  if (!found || more.length > 0) throw new Error(`expected one ${type} like ${id}, found ${more.length + 1}`);
  return found;
}

/** A function of the product, by its name. */
export function lambdaOf(resources: Resources, name: FunctionName): Resource {
  return theOne(resources, 'AWS::Lambda::Function', new RegExp(`^${name}Function`))[1];
}

/** What stands for a value in the tests: references by the logical id or output that they lead to. */
export function resolved(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, operand] = []] = Object.entries(value);
  if (kind === 'Ref') return String(operand);
  if (kind === 'Fn::GetAtt') return operand.join('.');
  if (kind === 'Fn::GetStackOutput') return operand.OutputName;
  if (kind === 'Fn::Join') return operand[1].map(resolved).join(operand[0]);
  throw new Error(`the tests can't resolve ${JSON.stringify(value)}`);
}

/** A function's variables as it would see them; a queue's `Ref` is its URL. */
export function variablesOf(resources: Resources, name: FunctionName): Record<string, string> {
  const raw: Record<string, unknown> = lambdaOf(resources, name).Properties.Environment?.Variables ?? {};
  return Object.fromEntries(
    Object.entries(raw).map(([variable, value]) => {
      const text = resolved(value);
      const isQueue = resources[text]?.Type === 'AWS::SQS::Queue';
      return [variable, isQueue ? `https://sqs.eu-west-1.amazonaws.com/123456789012/${text}` : text];
    }),
  );
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Patterns of the partition keys that it holds for; undefined: for all. */
  readonly keys: readonly string[] | undefined;
}

/** What the role of each function allows. */
export function permissions(service: Resources): Record<FunctionName, Statement[]> {
  const of = (name: FunctionName) => {
    const role = theOne(service, 'AWS::IAM::Role', new RegExp(`^${name}Role`))[0];
    return ofType(service, 'AWS::IAM::Policy')
      .filter(([, { Properties }]) => Properties.Roles.some((ref: unknown) => resolved(ref) === role))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement.map(statement));
  };
  return Object.fromEntries(FUNCTION_NAMES.map((name) => [name, of(name)])) as Record<
    FunctionName,
    Statement[]
  >;
}

interface RawStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

function statement({ Effect, Action, Resource, Condition }: RawStatement): Statement {
  if (Effect !== 'Allow') throw new Error('a role of a function holds a Deny: teach the tests about it');
  return {
    actions: [Action].flat(),
    resources: [Resource].flat().map(resolved),
    keys: Condition && keysOf(Condition),
  };
}

/** The one condition that these tests understand: keys by pattern, and no request without keys. */
function keysOf(condition: NonNullable<RawStatement['Condition']>): string[] {
  const { 'ForAllValues:StringLike': like, Null, ...others } = condition;
  const keys = like?.['dynamodb:LeadingKeys'];
  const understood = keys && Null?.['dynamodb:LeadingKeys'] === 'false' && Object.keys(others).length === 0;
  if (!understood) throw new Error(`teach the tests about ${JSON.stringify(condition)}`);
  return [keys].flat();
}

/** Patterns as IAM reads them: `*` stands for anything, slashes included. */
export function isLike(text: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(text);
}
