import { answerProblems, unknownParameters } from './answer-check.ts';

/** The API answered something else than its OpenAPI document says. */
class UndocumentedAnswerError extends Error {
  override readonly name = 'UndocumentedAnswerError';
}

/** On every answer of API Gateway, the real one and ours. */
const GATEWAY_HEADER = 'apigw-requestid';

/**
 * `fetch`, with every answer of the API held against its OpenAPI document. What is not answered by the gateway (a
 * scripted server, git) is none of it.
 * @throws UndocumentedAnswerError
 */
export const checkedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.headers.has(GATEWAY_HEADER)) return response;
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  const { status, headers } = response;
  const text = await response.clone().text();
  const answered = { method, target: pathname + search, status, headers, text };
  const problems = [...answerProblems(answered), ...unknownParameters(answered)];
  if (problems.length === 0) return response;
  throw new UndocumentedAnswerError(
    `${method} ${pathname} answered ${status} not as documented: ${problems.join('; ')}: ${text.slice(0, 2000)}`,
  );
};
