import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../../shared/access/authenticate.ts';
import { authorize } from '../../../shared/access/authorize.ts';
import type { Caller } from '../../../shared/access/principal.ts';
import { encodePrincipal } from '../../../shared/access/principal-context.ts';
import { EVERYWHERE } from '../../../shared/access/resource.ts';
import { ConflictError, InvalidInputError, TransientError } from '../../../shared/errors/errors.ts';
import { type HttpOperation, httpHandler } from '../../../shared/runtime/http-handler.ts';
import { idInPath } from '../../../shared/runtime/http-request.ts';
import { json } from '../../../shared/runtime/http-response.ts';
import { createLogger } from '../../../shared/runtime/logger.ts';

const logger = createLogger('test');
logger.setLogLevel('SILENT');

const event = (fields: Record<string, unknown> = {}) => ({
  version: '2.0',
  routeKey: 'GET /x',
  rawPath: '/x',
  rawQueryString: '',
  headers: {},
  requestContext: { requestId: 'req-7', http: { method: 'GET' } },
  isBase64Encoded: false,
  ...fields,
});

const ACTIONS = new Map([
  ['GET /x', 'open'],
  ['GET /guarded', 'artifact:push'],
] as const);

const by = (grants: Caller['grants']) => {
  const principal = encodePrincipal({ kind: 'token', id: 't1', name: 'jane', grants });
  return { requestContext: { ...event().requestContext, authorizer: { lambda: { principal } } } };
};

const call = async (operation: HttpOperation, fields: Record<string, unknown> = {}) => {
  const operations = { 'GET /x': operation, 'GET /guarded': operation, 'GET /forgotten': operation };
  const answer = await httpHandler(operations, logger, ACTIONS)(event(fields), {} as Context);
  return { ...answer, body: JSON.parse(answer.body) as Record<string, unknown> };
};

describe('an HTTP function', () => {
  it('answers what its operation answers, with the request’s id', async () => {
    const answer = await call(async ({ correlationId }) => json(201, { correlationId }));
    expect(answer).toMatchObject({
      statusCode: 201,
      headers: { 'x-request-id': 'req-7' },
      body: { correlationId: 'req-7' },
    });
  });

  it('keeps a correlation id that is sent, if it is one', async () => {
    const operation: HttpOperation = async ({ correlationId }) => json(200, { correlationId });
    const sent = (id: string) => call(operation, { headers: { 'x-correlation-id': id } });
    expect((await sent('ci-run/42')).body).toEqual({ correlationId: 'ci-run/42' });
    expect((await sent('a\nb')).body).toEqual({ correlationId: 'req-7' });
  });

  it.each([
    [new InvalidInputError('bad', 'It is bad.', [{ path: 'a.b', message: 'is bad' }]), 400],
    [new ConflictError('differs', 'It differs.', { data: { stored: 'x' } }), 409],
    [new TransientError('busy', 'Try again.'), 503],
  ])('answers %s as problem+json', async (error, status) => {
    const { statusCode, headers, body } = await call(() => Promise.reject(error));
    expect(statusCode).toBe(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ status, code: error.code, detail: error.message, requestId: 'req-7' });
    if (error.errors.length > 0) expect(body['errors']).toEqual(error.errors);
  });

  it('says nothing of a fault of ours', async () => {
    const { statusCode, body } = await call(() => Promise.reject(new TypeError('secret inside')));
    expect(statusCode).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('answers 404 where there is nothing', async () => {
    const { statusCode, body } = await call(async () => json(200, {}), {
      routeKey: '$default',
      rawPath: '/nowhere',
    });
    expect(statusCode).toBe(404);
    expect(body['code']).toBe('no-such-route');
  });

  it('asks for a token where one is needed', async () => {
    const operation: HttpOperation = async ({ principal }) =>
      json(200, { who: authorize(principal, 'artifact:read').name });
    const nobody = await call(operation);
    expect(nobody).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect((await call(operation, by([EVERYTHING]))).body).toEqual({ who: 'jane' });
  });

  it('hears nobody who is not granted the route’s action', async () => {
    const guarded = (fields = {}) =>
      call(async () => json(200, {}), { routeKey: 'GET /guarded', rawPath: '/guarded', ...fields });
    expect((await guarded()).statusCode).toBe(401);
    expect(await guarded(by([{ ...EVERYTHING, actions: ['reader'] }]))).toMatchObject({
      statusCode: 403,
      body: { code: 'forbidden' },
    });
    expect((await guarded(by([{ ...EVERYTHING, actions: ['ci'] }]))).statusCode).toBe(200);
  });

  it.each([
    ['some apps', { apps: ['shop*'] }],
    ['the environments that are not protected', { environments: ['*'] }],
    ['one environment', { environments: ['staging'] }],
    ['some repositories', { repositories: ['acme/*'] }],
    ['one artifact', { artifacts: ['a'] }],
  ])('leaves it to the operation what a grant of %s covers', async (_of, narrow) => {
    const guarded = { routeKey: 'GET /guarded', rawPath: '/guarded' };
    const grant = { ...EVERYTHING, actions: ['ci'] as const, ...narrow };
    const heard = { ...guarded, ...by([grant]) };
    expect((await call(async () => json(200, {}), heard)).statusCode).toBe(200);
    const ofAll: HttpOperation = async ({ principal }) =>
      json(200, { who: authorize(principal, 'artifact:push', EVERYWHERE).name });
    expect((await call(ofAll, heard)).statusCode).toBe(403);
  });

  it.each([
    [{ retryAfterSeconds: 7 }, 429, 'too-many-requests', '7'],
    [{ unavailable: true }, 503, 'caller-unknown', '2'],
  ])('passes on what stood in the authorizer’s way: %j', async (lambda, status, code, wait) => {
    const requestContext = { ...event().requestContext, authorizer: { lambda } };
    const answer = await call(async () => json(200, {}), { requestContext });
    expect(answer).toMatchObject({ statusCode: status, headers: { 'retry-after': wait }, body: { code } });
  });

  it('has no route that says nothing of who may be heard', async () => {
    const forgotten = { routeKey: 'GET /forgotten', ...by([EVERYTHING]) };
    expect((await call(async () => json(200, {}), forgotten)).statusCode).toBe(404);
  });

  it('takes bodies in base64, and none that is compressed', async () => {
    const operation: HttpOperation = async ({ text }) => json(200, { text: text() });
    const encoded = { body: Buffer.from('grüß').toString('base64'), isBase64Encoded: true };
    expect((await call(operation, encoded)).body).toEqual({ text: 'grüß' });
    expect((await call(operation, { ...encoded, headers: { 'content-encoding': 'gzip' } })).statusCode).toBe(
      400,
    );
  });

  it('takes the id in a path as the gateway has decoded it', () => {
    expect(idInPath('/api/artifacts/a/b', '/api/artifacts/')).toBe('a/b');
    expect(idInPath('/api/artifacts/a%41', '/api/artifacts/')).toBe('a%41');
  });
});
