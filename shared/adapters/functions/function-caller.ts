import type { LambdaClientConfig } from '@aws-sdk/client-lambda';

/**
 * Asks one function with what JSON can hold, and answers what it says, unchecked.
 * @throws whatever kept the question from it, by the name that Lambda gives it; an Error with its words when it failed
 */
export type FunctionCall = (
  request: object,
  options?: { readonly abortSignal?: AbortSignal },
) => Promise<unknown>;

/** Most requests of the functions that can ask others ask none: AWS's client for it is loaded when the first does. */
export function functionCaller(functionName: string, config: LambdaClientConfig = {}): FunctionCall {
  let call: Promise<FunctionCall> | undefined;
  return async (request, options) => {
    call ??= import('./lambda-call.ts').then(({ lambdaCall }) => lambdaCall(functionName, config));
    return (await call)(request, options);
  };
}
