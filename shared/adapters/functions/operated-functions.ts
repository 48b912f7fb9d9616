import type * as z from 'zod';
import { TransientError } from '../../errors/errors.ts';
import type { OperatedFunctions } from '../../gitops/operate.ts';
import { type ProbeRequest, probeAnswer } from '../../gitops/probe.ts';
import { backlogAnswer, redriveAnswer, type SweeperRequest } from '../../messages/sweeper-invocation.ts';
import type { FunctionCall } from './function-caller.ts';

export interface OperatedFunctionsOptions {
  readonly sweeper: FunctionCall;
  readonly writer: FunctionCall;
}

/** The functions that an operator has do something out of turn, invoked. */
export function invokedFunctions({ sweeper, writer }: OperatedFunctionsOptions): OperatedFunctions {
  const askSweeper = <S extends z.ZodType>(request: SweeperRequest, schema: S) =>
    ask('sweeper', sweeper, request, schema);
  return {
    backlog: () => askSweeper({ ask: 'backlog' }, backlogAnswer),
    redrive: () => askSweeper({ ask: 'redrive' }, redriveAnswer),
    async probeRepos() {
      const request: ProbeRequest = { ask: 'probe' };
      return (await ask('writer', writer, request, probeAnswer)).findings;
    },
  };
}

async function ask<S extends z.ZodType>(
  name: string,
  call: FunctionCall,
  request: object,
  schema: S,
): Promise<z.output<S>> {
  try {
    return schema.parse(await call(request));
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'TooManyRequestsException') {
      throw new TransientError('function-busy', `The ${name} is at work: ask again in a minute.`, { cause });
    }
    const message = `The ${name} did not answer as it should: its log says why, by the time of this request.`;
    throw new TransientError('function-unavailable', message, { cause });
  }
}
