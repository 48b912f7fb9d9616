import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEnvironment } from './execution-environment.ts';
import { MAX_PAYLOAD_BYTES, PayloadTooLargeError, UnknownFunctionError } from './function-error.ts';
import type { FunctionLog } from './function-log.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';

export interface HostedFunction {
  /** Module that exports `handler`: TypeScript source or a bundle. */
  readonly handlerPath: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Most execution environments at once; on AWS the reserved concurrency. */
  readonly concurrency: number;
}

export interface HostOptions {
  readonly functions: Readonly<Record<string, HostedFunction>>;
  /** The whole environment of a function, but for what Lambda itself sets. */
  readonly env: (functionName: string) => Readonly<Record<string, string>>;
  readonly region: string;
  readonly accountId: string;
  /** Every execution environment has a folder of its own in here as its `/tmp`; emptied before use. */
  readonly temporaryDirectory: string;
  /** Compiled code; may be kept from one start to the next, and shared. */
  readonly codeCache: string;
  readonly log: FunctionLog;
  /** Told of each invocation and how long it took, with the wait for an environment: for benches. */
  readonly observe?: (functionName: string, ms: number) => void;
}

/** Runs functions as Lambda does: isolated environments, one invocation at a time each, time-outs, fresh after a crash. */
export interface LambdaHost {
  /**
   * Invokes a function with an event and resolves to its result; both go through JSON.
   * @throws FunctionError when it failed, PayloadTooLargeError, UnknownFunctionError.
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Loads functions before they are needed. */
  warm(functionNames: readonly string[]): void;
  /** Ends all environments of a function at once, as a fault would: for chaos tests. */
  kill(functionName: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts nothing yet: an execution environment is started when the first invocation needs it. */
export function startHost(options: HostOptions): LambdaHost {
  const pools = new Map(
    Object.entries(options.functions).map(([name, hosted]) => [name, poolOf(name, hosted, options)]),
  );
  const poolNamed = (name: string): FunctionPool => {
    const pool = pools.get(name);
    if (pool === undefined) throw new UnknownFunctionError(name);
    return pool;
  };
  return {
    invoke: async (functionName, event) => {
      const pool = poolNamed(functionName);
      const payload = JSON.stringify(event) ?? 'null';
      const bytes = Buffer.byteLength(payload);
      if (bytes > MAX_PAYLOAD_BYTES) throw new PayloadTooLargeError(bytes);
      const startedAt = performance.now();
      try {
        return JSON.parse(await pool.invoke(payload));
      } finally {
        options.observe?.(functionName, performance.now() - startedAt);
      }
    },
    warm: (functionNames) => {
      for (const name of functionNames) poolNamed(name).warm();
    },
    kill: async (functionName) => poolNamed(functionName).kill(),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      rmSync(options.temporaryDirectory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function poolOf(name: string, hosted: HostedFunction, options: HostOptions): FunctionPool {
  const { region, accountId, codeCache, log } = options;
  return createFunctionPool(name, hosted.concurrency, (slot, onEnd) => {
    const temporary = join(options.temporaryDirectory, `${name}-${slot}`);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    mkdirSync(temporary, { recursive: true });
    const env = { ...lambdaVariables(name, hosted, region, temporary), ...options.env(name) };
    const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    return startEnvironment({ ...hosted, functionName: name, functionArn, codeCache, env, log }, onEnd);
  });
}

/** The variables that Lambda sets. HOME is not the user's: a `~/.aws/config` must not change what a function does. */
function lambdaVariables(
  name: string,
  hosted: HostedFunction,
  region: string,
  temporary: string,
): Record<string, string> {
  return {
    ...inherited(),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(hosted.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    HOME: temporary,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
}

/** Without these no program can be started on some systems. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'Path', 'SystemRoot', 'ComSpec', 'PATHEXT'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
