import type * as z from 'zod';
import type { ManifestChecker } from '../../artifact/check-artifact.ts';
import { TransientError, UnprocessableError } from '../../errors/errors.ts';
import { type CheckRequest, checkAnswer } from '../../manifest/check-invocation.ts';
import { type ManifestRenderer, type RenderRequest, renderAnswer } from '../../release/render-invocation.ts';
import type { FunctionCall } from './function-caller.ts';

/** Has manifests checked by the function that renders them. */
export function invokedChecker(call: FunctionCall): ManifestChecker {
  return {
    async check(manifest, variables) {
      const request: CheckRequest = { check: { manifest, variables: { ...variables } } };
      const answer = await ask(call, request, checkAnswer);
      if ('problems' in answer) return answer.problems;
      throw new TransientError(answer.error.code, answer.error.message);
    },
  };
}

/** Has manifests rendered by the function that does it for releases. */
export function invokedRenderer(call: FunctionCall): ManifestRenderer {
  return {
    async render(what, withinMs) {
      const request: RenderRequest = { render: what };
      // What is given up on here goes on there, and keeps what it comes to.
      const patience = AbortSignal.timeout(withinMs);
      const answer = await ask(call, request, renderAnswer, { abortSignal: patience }).catch(
        (error: unknown) => {
          if (patience.aborted) return undefined;
          throw error;
        },
      );
      if (answer === undefined) return undefined;
      if ('bundle' in answer) return answer;
      if ('error' in answer) throw new TransientError(answer.error.code, answer.error.message);
      const { code, message, errors } = answer.refused;
      throw new UnprocessableError(code, message, { errors });
    },
  };
}

async function ask<S extends z.ZodType>(
  call: FunctionCall,
  request: object,
  answer: S,
  options?: { readonly abortSignal: AbortSignal },
): Promise<z.output<S>> {
  try {
    return answer.parse(await call(request, options));
  } catch (cause) {
    const message = 'The manifests could not be rendered now: try again.';
    throw new TransientError('renderer-unavailable', message, { cause });
  }
}
