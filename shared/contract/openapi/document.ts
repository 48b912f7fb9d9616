import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { ROUTES, type Route } from '../routes.ts';
import { nameComponents } from './components.ts';
import { everyHeaders } from './headers.ts';
import type { AnswerShape, OperationShape, ShapeOf } from './operation-shape.ts';
import { OPERATION_SHAPES } from './operation-shapes.ts';
import { problemResponses } from './problem-responses.ts';
import { TAGS } from './tags.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const DESCRIPTION = `CI pushes release artifacts; policies and people release them; GimletD commits to the GitOps repo.

- Send \`Authorization: Bearer TOKEN\` with every request, but where it says that none is needed.
- \`x-gimletd-action\` of an operation is what the token must be granted.
- Errors are \`application/problem+json\` (RFC 9457) with a constant \`code\`. What the gateway answers by itself (too
  large, too often, unavailable) is \`{"message": "…"}\`.
- Lists are newest first; the \`Link\` header of a page leads to the next.
- Unknown fields of a request are ignored; clients should ignore those of an answer, too.`;

/** The OpenAPI 3.1 document of the API, made of the schemas that its handlers validate with. */
export function openApiDocument(version: string): OpenApiDocument {
  nameComponents();
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'GimletD',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      security: [{ bearer: [] }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths: paths(),
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    { override: ({ jsonSchema }) => dropDatePattern(jsonSchema) },
  );
}

/** `format` says the same as the half a kilobyte of a pattern that comes with it. */
function dropDatePattern(schema: { format?: string | undefined; pattern?: string | undefined }): void {
  if (schema.format === 'date-time') delete schema.pattern;
}

function paths(): ZodOpenApiPathsObject {
  const found: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const add = (path: string, method: string, operation: ZodOpenApiOperationObject) => {
    found[path] = { ...found[path], [method]: operation };
  };
  for (const route of ROUTES) {
    const { operation: operationId, summary } = route;
    const shape: ShapeOf<'{id}'> | OperationShape = OPERATION_SHAPES[operationId];
    const path = documentedPath(route);
    const method = route.method.toLowerCase();
    add(path, method, operation(route, { operationId, summary }, shape));
    for (const [suffix, { operationId, summary, ...below }] of Object.entries(belowOf(shape))) {
      add(path + suffix, method, operation(route, { operationId, summary }, { ...shape, ...below }));
    }
  }
  return found;
}

/** A path of the routes as OpenAPI writes it: it has no parameter for the rest of a path. */
export function documentedPath({ path }: Pick<Route, 'path'>): string {
  return path.replace('{id+}', '{id}');
}

function belowOf(shape: object): NonNullable<ShapeOf<'{id}'>['below']> {
  return (shape as Partial<ShapeOf<'{id}'>>).below ?? {};
}

function operation(
  { action }: Route,
  name: { readonly operationId: string; readonly summary: string },
  shape: OperationShape & { readonly id?: z.ZodType },
): ZodOpenApiOperationObject {
  const { tag, description, headers, id, bodyOrQuery } = shape;
  const query = bodyOrQuery ? bodyOrQuery.partial().extend(shape.query?.shape ?? {}) : shape.query;
  const body = shape.body ?? bodyOrQuery;
  return {
    ...name,
    tags: [tag],
    ...(description && { description }),
    ...(action === 'open' ? { security: [] } : { 'x-gimletd-action': action }),
    requestParams: {
      ...(id && { path: z.object({ id }) }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
    ...(body && {
      requestBody: { content: { 'application/json': { schema: body } }, required: bodyOrQuery === undefined },
    }),
    responses: responses(action, shape),
  };
}

function responses(action: Route['action'], shape: OperationShape): ZodOpenApiResponsesObject {
  const answers = Object.entries(shape.answers).map(([status, answer]) => [status, response(answer)]);
  return { ...Object.fromEntries(answers), ...problemResponses({ action }, shape) };
}

function response({ description, body, contentType = 'application/json', headers }: AnswerShape) {
  return {
    description,
    headers: headers ? everyHeaders.extend(headers.shape) : everyHeaders,
    ...(body && { content: { [contentType]: { schema: body } } }),
  };
}
