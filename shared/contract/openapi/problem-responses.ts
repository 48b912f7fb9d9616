import * as z from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemAnswer } from '../answers.ts';
import type { Route } from '../routes.ts';
import { everyHeaders } from './headers.ts';
import type { OperationShape } from './operation-shape.ts';

/** What API Gateway says when it answers by itself: its HTTP APIs can't be taught another shape. */
const gatewayMessage = z.object({ message: z.string() }).meta({ id: 'GatewayMessage' });

interface Problem {
  readonly id: string;
  readonly description: string;
  /** Whether the gateway answers it too, before or instead of a function. */
  readonly fromGateway?: true;
  readonly headers?: z.ZodObject;
}

const PROBLEMS = {
  400: {
    id: 'BadRequest',
    description: 'The query or the body is not right: `errors` names each field',
    fromGateway: true,
  },
  401: {
    id: 'Unauthorized',
    description: 'It needs a token, or the one that was sent is not valid',
    headers: z.object({ 'www-authenticate': z.string() }),
  },
  403: { id: 'Forbidden', description: 'Who asks may not do this', fromGateway: true },
  404: { id: 'NotFound', description: 'What is named does not exist' },
  409: { id: 'Conflict', description: 'It contradicts what is there; `detail` says what and why' },
  412: { id: 'PreconditionFailed', description: 'It was made for another version: look again' },
  413: { id: 'ContentTooLarge', description: 'Over a limit; `detail` says which', fromGateway: true },
  422: { id: 'UnprocessableContent', description: 'Understood, but it can’t be done with this input' },
  429: {
    id: 'TooManyRequests',
    description: 'Too often: wait, then ask again',
    fromGateway: true,
    headers: z.object({ 'retry-after': z.string().optional().describe('Seconds') }),
  },
  500: { id: 'InternalError', description: 'A fault of ours; `requestId` names it', fromGateway: true },
  503: {
    id: 'ServiceUnavailable',
    description: 'A passing fault: the same request may be sent again',
    fromGateway: true,
    headers: z.object({ 'retry-after': z.string().optional().describe('Seconds') }),
  },
} as const satisfies Readonly<Record<number, Problem>>;

/** Each once: the document refers to them. */
const RESPONSES = Object.entries(PROBLEMS).map(
  ([status, problem]) => [Number(status), toResponse(problem)] as const,
);
const EVERYWHERE = [400, 413, 429, 500, 503];
const WITH_TOKEN = [401, 403];

/** The errors that an operation may answer, by their status. */
export function problemResponses(
  { action }: Pick<Route, 'action'>,
  { problems = [] }: Pick<OperationShape, 'problems'>,
): ZodOpenApiResponsesObject {
  const statuses = [...EVERYWHERE, ...(action === 'open' ? [] : WITH_TOKEN), ...problems];
  return Object.fromEntries(RESPONSES.filter(([status]) => statuses.includes(status)));
}

function toResponse({ id, description, fromGateway, headers }: Problem): ZodOpenApiResponseObject {
  return {
    id,
    description,
    headers: headers ? everyHeaders.extend(headers.shape) : everyHeaders,
    content: {
      'application/problem+json': { schema: problemAnswer },
      ...(fromGateway && { 'application/json': { schema: gatewayMessage } }),
    },
  };
}
