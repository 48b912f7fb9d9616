import type { SeenCall } from './guarded-system.ts';
import { isLike, type Statement } from './synthesised.ts';

/** A call in IAM's words. */
interface AwsCall {
  readonly action: string;
  /** What its resource is called in the tests' resolved ARNs. */
  readonly resource: RegExp;
  /** Partition keys that it names; none for queues, and for indexes, which are granted as a whole. */
  readonly keys: readonly string[];
}

interface Attribute {
  readonly S?: string;
}
type Attributes = Readonly<Record<string, Attribute>>;

/** The fields of DynamoDB's and SQS's requests that say what is touched. */
interface RequestBody {
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Attributes[] }>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly QueueUrl?: string;
}

/** Whether some statement of a role allows a call. */
export function isAllowed(statements: readonly Statement[], call: SeenCall): boolean {
  const { action, resource, keys } = awsCall(call);
  return statements.some(
    (statement) =>
      statement.actions.includes(action) &&
      statement.resources.some((arn) => resource.test(arn)) &&
      keys.every((key) => statement.keys?.some((pattern) => isLike(key, pattern)) ?? true),
  );
}

function awsCall({ operation, body }: SeenCall): AwsCall {
  const request: RequestBody = JSON.parse(body.toString());
  if (request.QueueUrl !== undefined) return queueCall(operation, request.QueueUrl);
  const action = `dynamodb:${operation}`;
  if (request.IndexName !== undefined) {
    return { action, resource: new RegExp(`/index/${request.IndexName}$`), keys: [] };
  }
  return { action, resource: /TableCD117FA1Arn[^/]*$/, keys: partitionKeys(request) };
}

/** IAM knows a batch of messages by the action for one. */
function queueCall(operation: string, url: string): AwsCall {
  const queue = new URL(url).pathname.split('/').at(-1)?.replace('.fifo', '') ?? '';
  const name = queue.replace(/-dlq$/, '').replaceAll('-', '');
  return {
    action: `sqs:${operation.replace(/Batch$/, '')}`,
    resource: new RegExp(`^${name}${queue.endsWith('-dlq') ? 'DeadLetters' : 'Queue'}`),
    keys: [],
  };
}

/** What IAM calls the leading keys of a request to the table. */
function partitionKeys({ Key, Item, RequestItems, ExpressionAttributeValues }: RequestBody): string[] {
  const batched = Object.values(RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys);
  const keys = [Key, Item, ...batched].flatMap((attributes) => attributes?.['pk']?.S ?? []);
  const queried = ExpressionAttributeValues?.[':pk']?.S;
  const all = keys.length > 0 ? keys : [queried].flatMap((key) => key ?? []);
  if (all.length === 0) throw new Error('a request names no partition key: IAM would refuse it');
  return all;
}
