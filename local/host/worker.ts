/** Runs in a worker thread: one execution environment of one function, one invocation at a time. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import type { Invocation, ThrownError, WorkerReport, WorkerStart } from './protocol.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const start: WorkerStart = workerData;

enableCompileCache(start.codeCache);
try {
  const handler = await loadHandler();
  parentPort?.on('message', (invocation: Invocation) => void run(handler, invocation));
  report({ type: 'ready' });
  // A thread that is terminated would never write what it has compiled.
  flushCompileCache();
} catch (error) {
  report({ type: 'notLoaded', error: describe(error) });
}

async function loadHandler(): Promise<Handler> {
  const module: Record<string, unknown> = await import(pathToFileURL(start.handlerPath).href);
  const { handler } = module;
  if (typeof handler !== 'function')
    throw new TypeError(`${start.handlerPath} exports no function "handler"`);
  return handler as Handler;
}

async function run(handler: Handler, invocation: Invocation): Promise<void> {
  try {
    const result = await handler(JSON.parse(invocation.event), lambdaContext(invocation));
    report({ type: 'succeeded', result: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    report({ type: 'failed', error: describe(error) });
  }
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message);
}

function describe(thrown: unknown): ThrownError {
  if (!(thrown instanceof Error)) return { errorType: 'Error', message: String(thrown), trace: [] };
  return { errorType: thrown.name, message: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

/** What a Node.js function gets as its second argument. The callbacks of old runtimes are gone in nodejs24. */
function lambdaContext({ requestId, deadline }: Invocation): Context {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    logGroupName: `/aws/lambda/${start.functionName}`,
    logStreamName: 'local',
    memoryLimitInMB: String(start.memoryMb),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: refuseCallback,
    fail: refuseCallback,
    succeed: refuseCallback,
  };
}

function refuseCallback(): never {
  throw new Error('nodejs24 has no context.done, fail or succeed: return or throw instead');
}
