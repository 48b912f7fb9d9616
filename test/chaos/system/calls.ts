import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalSystem } from '../../../local/system.ts';
import { whenWhole } from './whole-request.ts';

/** A call of a function to one of its services, seen where the service is. */
export interface Call {
  /** The function, by the key that it signs with, or by what only it calls. */
  readonly caller: string;
  /** `PutItem RELEASE`, `SendMessageBatch notifications`, `Invoke charts`, `git-receive-pack`, `POST channel`. */
  readonly operation: string;
}

export interface CallWatcher {
  /** A call has come in. The service never sees it when this answers `lost`. */
  onCall(call: Call): 'passed' | 'lost' | 'answer lost';
  /** The service has done it, and its answer is on the way. */
  onAnswer(call: Call): void;
}

interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const START = 'http.server.request.start';
const FINISH = 'http.server.response.finish';

/** Watches every call that functions make, those to the port of a receiver too. Disposed of, it watches no more. */
export function watchCalls(system: LocalSystem, receiverPort: number, watcher: CallWatcher): Disposable {
  const ports = new Set([...watchedPorts(system), receiverPort]);
  const calls = new WeakMap<IncomingMessage, Call>();
  const onStart = (message: unknown) => {
    const { request, response } = message as HttpExchange;
    const call = ports.has(request.socket.localPort) ? callOf(request) : undefined;
    if (call === undefined) return;
    const decide = (seen: Call) => {
      calls.set(request, seen);
      const fate = watcher.onCall(seen);
      if (fate === 'lost') request.destroy();
      // As soon as the answer begins: what git was asked to do it does all the same.
      if (fate === 'answer lost') response.once('pipe', () => request.socket.destroy());
    };
    const isNamedByBody = call.operation in WHAT && !ALIKE[call.caller]?.includes(call.operation);
    if (isNamedByBody) whenWhole(request, (body) => decide(inFull(call, body)));
    else decide(call);
  };
  const onFinish = (message: unknown) => {
    const call = calls.get((message as HttpExchange).request);
    if (call !== undefined) watcher.onAnswer(call);
  };
  subscribe(START, onStart);
  subscribe(FINISH, onFinish);
  return {
    [Symbol.dispose]: () => {
      unsubscribe(START, onStart);
      unsubscribe(FINISH, onFinish);
    },
  };
}

/** Of the services as functions see them: through the fault layer, and not behind it again. */
function watchedPorts({ url, endpoints, faults }: LocalSystem): ReadonlySet<number | undefined> {
  const seen = [url, endpoints.lambda, faults?.dynamodbEndpoint, faults?.sqsEndpoint];
  return new Set(seen.filter((one) => one !== undefined).map((one) => Number(new URL(one).port)));
}

function callOf({ url = '', headers }: IncomingMessage): Call | undefined {
  if (url.startsWith('/git/')) return { caller: 'writer', operation: gitOperation(url) };
  if (url.startsWith('/channels/')) return { caller: 'notifier', operation: 'POST channel' };
  if (url.startsWith('/charts/')) return { caller: 'charts', operation: 'GET chart' };
  const caller = /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1];
  if (caller === undefined || caller === 'local') return undefined;
  const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url)?.[1];
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  return { caller, operation: invoked === undefined ? (target ?? '') : `Invoke ${invoked}` };
}

type AwsBody = Readonly<Record<string, Readonly<Record<string, { readonly S?: string }>> | string>>;

/**
 * Calls that are one step whatever they write, as some of it comes but once in a run: the sweeper sends and seals
 * whatever is due, and a renderer seldom ends a release itself and is seldom killed.
 */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  sweeper: ['PutItem', 'UpdateItem', 'SendMessageBatch'],
  renderer: ['SendMessageBatch'],
};
/** Calls that are steps of their own for each kind of what they write. */
const WHAT: Readonly<Record<string, (body: AwsBody) => string | undefined>> = {
  PutItem: ({ Item }) => kindOf(Item),
  UpdateItem: ({ Key }) => kindOf(Key),
  SendMessageBatch: ({ QueueUrl }) => String(QueueUrl).split('/').at(-1),
};

/** `RELEASE` of an item whose partition key is `RELEASE#rel-1`; a delivery shares its notice's. */
function kindOf(item: AwsBody[string] | undefined): string | undefined {
  if (typeof item !== 'object') return undefined;
  const [kind, name] = [item['pk'], item['sk']].map((key) => key?.S?.split('#')[0]);
  return kind === 'NOTICE' && name === 'CHANNEL' ? 'DELIVERY' : kind;
}

function inFull(call: Call, body: string): Call {
  const what = WHAT[call.operation]?.(JSON.parse(body) as AwsBody);
  return { ...call, operation: [call.operation, what].filter(Boolean).join(' ') };
}

function gitOperation(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const service = searchParams.get('service');
  return service === null ? (pathname.split('/').at(-1) ?? '') : `${service} refs`;
}
