import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { FunctionCall } from './function-caller.ts';

/** A call of one function by Lambda's `Invoke`, which waits for the answer. */
export function lambdaCall(FunctionName: string, config: LambdaClientConfig): FunctionCall {
  const client = new LambdaClient(config);
  return async (request, options = {}) => {
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) });
    const { FunctionError, Payload } = await client.send(command, { ...options });
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new Error(text.slice(0, 1_000));
    return JSON.parse(text);
  };
}
