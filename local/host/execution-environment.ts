import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { FunctionError, MAX_PAYLOAD_BYTES } from './function-error.ts';
import type { FunctionLog } from './function-log.ts';
import type { Invocation, ThrownError, WorkerReport, WorkerStart } from './protocol.ts';

export interface EnvironmentOptions extends WorkerStart {
  readonly timeoutSeconds: number;
  readonly env: Readonly<Record<string, string>>;
  readonly log: FunctionLog;
}

/** A worker thread that has loaded a handler, or is loading it. It serves one invocation at a time. */
export interface ExecutionEnvironment {
  /** Calls the handler with an event (JSON) and resolves to its result (JSON). Waits until it is loaded. */
  invoke(event: string): Promise<string>;
  /** Ends the thread at once; what it was doing fails. */
  terminate(): Promise<void>;
  readonly alive: boolean;
}

const WORKER = new URL('./worker.ts', import.meta.url);

/** Starts a thread with nothing of the host's environment but what is given. `onEnd`: it will serve no more. */
export function startEnvironment(options: EnvironmentOptions, onEnd: () => void): ExecutionEnvironment {
  const { functionName, functionArn, handlerPath, memoryMb, codeCache } = options;
  const worker = new Worker(WORKER, {
    name: functionName,
    workerData: { functionName, functionArn, handlerPath, memoryMb, codeCache } satisfies WorkerStart,
    env: { ...options.env },
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  options.log.follow(functionName, worker.stdout, worker.stderr);
  return new WorkerEnvironment(worker, options, onEnd);
}

class WorkerEnvironment implements ExecutionEnvironment {
  readonly #worker: Worker;
  readonly #options: EnvironmentOptions;
  readonly #loaded = Promise.withResolvers<void>();
  #answer: PromiseWithResolvers<string> | undefined;
  #requestId = '';
  #alive = true;
  #cause: string | undefined;

  constructor(worker: Worker, options: EnvironmentOptions, onEnd: () => void) {
    this.#worker = worker;
    this.#options = options;
    this.#loaded.promise.catch(() => undefined); // Told to whoever invokes; nobody may have yet.
    worker.on('message', (report: WorkerReport) => this.#receive(report));
    worker.on('error', (error) => {
      this.#cause ??= error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    worker.once('exit', (code) => {
      this.#end(code);
      onEnd();
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  async invoke(event: string): Promise<string> {
    await this.#loaded.promise;
    const answer = Promise.withResolvers<string>();
    this.#answer = answer;
    this.#requestId = randomUUID();
    const milliseconds = this.#options.timeoutSeconds * 1000;
    const timer = setTimeout(() => this.#timeOut(), milliseconds);
    const deadline = Date.now() + milliseconds;
    this.#worker.postMessage({ requestId: this.#requestId, event, deadline } satisfies Invocation);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#answer = undefined;
    }
  }

  async terminate(): Promise<void> {
    this.#alive = false;
    this.#cause ??= 'it was ended by the host';
    await this.#worker.terminate();
  }

  #receive(report: WorkerReport): void {
    if (report.type === 'ready') this.#loaded.resolve();
    else if (report.type === 'notLoaded') this.#refuseToLoad(report.error);
    else if (report.type === 'failed') this.#fail(report.error);
    else if (Buffer.byteLength(report.result) > MAX_PAYLOAD_BYTES)
      this.#answer?.reject(this.#error('Function.ResponseSizeTooLarge', RESPONSE_TOO_LARGE));
    else this.#answer?.resolve(report.result);
  }

  #refuseToLoad({ errorType, message, trace }: ThrownError): void {
    const { functionName, handlerPath, log } = this.#options;
    const problem = `${functionName} could not be loaded from ${handlerPath}: ${message}`;
    const places = trace.slice(1).filter((line) => !line.includes('node:internal'));
    log.report(functionName, [problem, ...places].join('\n'));
    this.#loaded.reject(this.#error(errorType, problem, trace));
    void this.terminate();
  }

  #timeOut(): void {
    const { functionName, timeoutSeconds, log } = this.#options;
    const problem = `RequestId: ${this.#requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    log.report(functionName, problem);
    this.#answer?.reject(this.#error('Sandbox.Timedout', problem));
    void this.terminate();
  }

  #end(code: number): void {
    this.#alive = false;
    const why = this.#cause ?? `exit status ${code}`;
    const problem = `RequestId: ${this.#requestId} Error: Runtime exited: ${why}`;
    if (this.#answer !== undefined) this.#options.log.report(this.#options.functionName, problem);
    const error = this.#error('Runtime.ExitError', problem);
    this.#loaded.reject(error);
    this.#answer?.reject(error);
  }

  #fail({ errorType, message, trace }: ThrownError): void {
    const words = trace.length > 0 ? trace.join('\n') : `${errorType}: ${message}`;
    this.#options.log.report(
      this.#options.functionName,
      `RequestId: ${this.#requestId} Invoke Error ${words}`,
    );
    this.#answer?.reject(this.#error(errorType, message, trace));
  }

  #error(errorType: string, message: string, trace: readonly string[] = []): FunctionError {
    return new FunctionError(this.#options.functionName, errorType, message, trace);
  }
}

const RESPONSE_TOO_LARGE = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
