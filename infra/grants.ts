import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { FunctionName } from '../shared/contract/functions.ts';
import { ACCESS, ITEM_KEYS, type ItemKind, type QueueName, type SecretName } from './access.ts';

/** ARNs of everything that functions may be let at. */
export interface ResourceArns {
  readonly table: string;
  readonly queues: Readonly<Record<QueueName, string>>;
  readonly deadLetters: Readonly<Record<QueueName, string>>;
  readonly secrets: Readonly<Record<SecretName, string>>;
  readonly functions: Readonly<Record<FunctionName, string>>;
}

/** IAM's words for what a function may touch: actions and resources by name, items by the kind of their key. */
export function grants(name: FunctionName, arns: ResourceArns): PolicyStatement[] {
  const { queries = [], sendsTo = [], clears = [], secrets = [], invokes = [], ...items } = ACCESS[name];
  return [
    ...onItems(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], arns.table, items.reads),
    ...onItems(['dynamodb:Query'], arns.table, items.lists),
    ...onItems(['dynamodb:PutItem', 'dynamodb:GetItem'], arns.table, items.puts),
    ...onItems(['dynamodb:UpdateItem', 'dynamodb:GetItem'], arns.table, items.updates),
    ...onItems(['dynamodb:DeleteItem'], arns.table, items.deletes),
    ...on(
      ['dynamodb:Query'],
      queries.map((index) => `${arns.table}/index/${index}`),
    ),
    ...on(
      ['sqs:SendMessage'],
      sendsTo.map((queue) => arns.queues[queue]),
    ),
    ...on(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      clears.map((queue) => arns.deadLetters[queue]),
    ),
    ...on(
      ['secretsmanager:GetSecretValue'],
      secrets.map((secret) => arns.secrets[secret]),
    ),
    ...on(
      ['lambda:InvokeFunction'],
      invokes.map((other) => arns.functions[other]),
    ),
  ];
}

function on(actions: string[], resources: string[]): PolicyStatement[] {
  return resources.length > 0 ? [new PolicyStatement({ actions, resources })] : [];
}

function onItems(actions: string[], table: string, kinds: readonly ItemKind[] = []): PolicyStatement[] {
  if (kinds.length === 0) return [];
  const conditions = {
    // `ForAllValues` alone also holds when there are no keys to look at.
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => ITEM_KEYS[kind]) },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
  return [new PolicyStatement({ actions, resources: [table], conditions })];
}
