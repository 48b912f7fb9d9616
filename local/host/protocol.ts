/** What a worker thread is started with. */
export interface WorkerStart {
  readonly functionName: string;
  readonly functionArn: string;
  /** Module that exports `handler`. */
  readonly handlerPath: string;
  readonly memoryMb: number;
  /** Where Node keeps compiled code, so that a function loads in a third of the time. */
  readonly codeCache: string;
}

/** Host → worker: one invocation. The event travels as JSON, as it does on AWS: nothing else can be shared. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  /** Unix milliseconds at which the host ends the invocation. */
  readonly deadline: number;
}

export interface ThrownError {
  readonly errorType: string;
  readonly message: string;
  readonly trace: readonly string[];
}

/** Worker → host. `result` is JSON. */
export type WorkerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'notLoaded'; readonly error: ThrownError }
  | { readonly type: 'succeeded'; readonly result: string }
  | { readonly type: 'failed'; readonly error: ThrownError };
