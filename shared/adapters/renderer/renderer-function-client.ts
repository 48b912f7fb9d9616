import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ManifestChecker } from '../../artifact/check-artifact.ts';
import { TransientError } from '../../errors/errors.ts';
import { type CheckAnswer, type CheckRequest, checkAnswer } from '../../manifest/check-invocation.ts';

export interface RendererFunctionOptions {
  readonly lambda: LambdaClient;
  readonly functionName: string;
}

/** Has manifests checked by the function that renders them. */
export function invokedChecker({ lambda, functionName }: RendererFunctionOptions): ManifestChecker {
  return {
    async check(manifest, variables) {
      const request: CheckRequest = { check: { manifest, variables: { ...variables } } };
      const answer = readAnswer(await send(lambda, functionName, JSON.stringify(request)));
      if ('problems' in answer) return answer.problems;
      throw new TransientError(answer.error.code, answer.error.message);
    },
  };
}

async function send(
  lambda: LambdaClient,
  FunctionName: string,
  Payload: string,
): Promise<InvokeCommandOutput> {
  try {
    return await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  } catch (cause) {
    throw unavailable(cause);
  }
}

function readAnswer({ FunctionError, Payload }: InvokeCommandOutput): CheckAnswer {
  const text = Buffer.from(Payload ?? []).toString();
  const parsed = FunctionError === undefined ? checkAnswer.safeParse(JSON.parse(text)) : undefined;
  if (parsed?.success) return parsed.data;
  throw unavailable(parsed?.error ?? new Error(text.slice(0, 1_000)));
}

function unavailable(cause: unknown): TransientError {
  return new TransientError('renderer-unavailable', 'The manifests could not be checked now: push again.', {
    cause,
  });
}
