/**
 * A function failed: it threw, timed out, crashed or could not be loaded. `errorType` is the name of what it threw,
 * or Lambda's own word (`Sandbox.Timedout`, `Runtime.ExitError`, …).
 */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly functionName: string;
  readonly errorType: string;
  /** The stack as the function saw it, a line each. */
  readonly trace: readonly string[];

  constructor(functionName: string, errorType: string, message: string, trace: readonly string[] = []) {
    super(message);
    this.functionName = functionName;
    this.errorType = errorType;
    this.trace = trace;
  }
}

/** There is no function of that name. */
export class UnknownFunctionError extends Error {
  override readonly name = 'UnknownFunctionError';
  constructor(functionName: string) {
    super(`There is no function ${functionName}`);
  }
}

/** Lambda takes 6 MB (and a little) in each direction of a synchronous call. */
export const MAX_PAYLOAD_BYTES = 6_291_556;

/** The event is over Lambda's limit; the function was not called. */
export class PayloadTooLargeError extends Error {
  override readonly name = 'PayloadTooLargeError';
  constructor(bytes: number) {
    super(`${bytes} byte payload is too large for the Invoke operation (${MAX_PAYLOAD_BYTES} bytes at most)`);
  }
}
