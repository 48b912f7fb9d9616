import { InvokeCommand, type LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import { TransientError } from '../../errors/errors.ts';
import type { OperatedFunctions } from '../../gitops/operate.ts';
import { type ProbeRequest, probeAnswer } from '../../gitops/probe.ts';
import { backlogAnswer, redriveAnswer, type SweeperRequest } from '../../messages/sweeper-invocation.ts';

export interface OperatedFunctionsOptions {
  readonly lambda: LambdaClient;
  readonly sweeper: string;
  readonly writer: string;
}

/** The functions that an operator has do something out of turn, invoked. */
export function invokedFunctions({ lambda, sweeper, writer }: OperatedFunctionsOptions): OperatedFunctions {
  const askSweeper = <S extends z.ZodType>(request: SweeperRequest, schema: S) =>
    ask(lambda, { name: 'sweeper', functionName: sweeper }, request, schema);
  return {
    backlog: () => askSweeper({ ask: 'backlog' }, backlogAnswer),
    redrive: () => askSweeper({ ask: 'redrive' }, redriveAnswer),
    async probeRepos() {
      const request: ProbeRequest = { ask: 'probe' };
      return (await ask(lambda, { name: 'writer', functionName: writer }, request, probeAnswer)).findings;
    },
  };
}

async function ask<S extends z.ZodType>(
  lambda: LambdaClient,
  { name, functionName }: { readonly name: string; readonly functionName: string },
  request: object,
  schema: S,
): Promise<z.output<S>> {
  try {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) });
    const { FunctionError, Payload } = await lambda.send(command);
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new Error(text.slice(0, 1_000));
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof TooManyRequestsException) {
      throw new TransientError('function-busy', `The ${name} is at work: ask again in a minute.`, { cause });
    }
    const message = `The ${name} did not answer as it should: its log says why, by the time of this request.`;
    throw new TransientError('function-unavailable', message, { cause });
  }
}
