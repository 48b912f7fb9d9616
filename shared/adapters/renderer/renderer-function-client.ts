import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { ManifestChecker } from '../../artifact/check-artifact.ts';
import { TransientError, UnprocessableError } from '../../errors/errors.ts';
import { type CheckRequest, checkAnswer } from '../../manifest/check-invocation.ts';
import { type ManifestRenderer, type RenderRequest, renderAnswer } from '../../release/render-invocation.ts';

export interface RendererFunctionOptions {
  readonly lambda: LambdaClient;
  readonly functionName: string;
}

/** Has manifests checked by the function that renders them. */
export function invokedChecker({ lambda, functionName }: RendererFunctionOptions): ManifestChecker {
  return {
    async check(manifest, variables) {
      const request: CheckRequest = { check: { manifest, variables: { ...variables } } };
      const answer = readAnswer(checkAnswer, await send(lambda, functionName, request));
      if ('problems' in answer) return answer.problems;
      throw new TransientError(answer.error.code, answer.error.message);
    },
  };
}

/** Has manifests rendered by the function that does it for releases. */
export function invokedRenderer({ lambda, functionName }: RendererFunctionOptions): ManifestRenderer {
  return {
    async render(what, withinMs) {
      const request: RenderRequest = { render: what };
      // What is given up on here goes on there, and keeps what it comes to.
      const patience = AbortSignal.timeout(withinMs);
      const output = await send(lambda, functionName, request, patience).catch((error: unknown) => {
        if (patience.aborted) return undefined;
        throw error;
      });
      if (output === undefined) return undefined;
      const answer = readAnswer(renderAnswer, output);
      if ('bundle' in answer) return answer;
      if ('error' in answer) throw new TransientError(answer.error.code, answer.error.message);
      const { code, message, errors } = answer.refused;
      throw new UnprocessableError(code, message, { errors });
    },
  };
}

async function send(
  lambda: LambdaClient,
  FunctionName: string,
  request: object,
  abortSignal?: AbortSignal,
): Promise<InvokeCommandOutput> {
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) });
  try {
    return await lambda.send(command, abortSignal ? { abortSignal } : {});
  } catch (cause) {
    throw unavailable(cause);
  }
}

function readAnswer<S extends z.ZodType>(
  schema: S,
  { FunctionError, Payload }: InvokeCommandOutput,
): z.output<S> {
  const text = Buffer.from(Payload ?? []).toString();
  const parsed = FunctionError === undefined ? schema.safeParse(JSON.parse(text)) : undefined;
  if (parsed?.success) return parsed.data;
  throw unavailable(parsed?.error ?? new Error(text.slice(0, 1_000)));
}

function unavailable(cause: unknown): TransientError {
  return new TransientError('renderer-unavailable', 'The manifests could not be rendered now: try again.', {
    cause,
  });
}
