import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../local/gateway/http-request.ts';
import { gatewayReply, MalformedResultError, replyOf } from '../../local/gateway/reply.ts';
import { decodedPath, requestEvents } from '../../local/gateway/request-event.ts';
import { createRouteTable } from '../../local/gateway/route-table.ts';
import { ROUTES } from '../../shared/contract/routes.ts';

const CALL = {
  region: 'us-east-1',
  accountId: '123456789012',
  requestId: 'JKJaXmPLvHcESHA=',
  traceId: 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
  receivedAt: Date.UTC(2020, 2, 12, 19, 3, 58, 390),
};
const match = createRouteTable(ROUTES, 'releases');

function eventsOf(request: Partial<HttpRequest> & { target: string }) {
  const whole: HttpRequest = {
    method: 'GET',
    rawHeaders: [],
    body: Buffer.alloc(0),
    sourceIp: '192.0.2.1',
    port: 8085,
    ...request,
  };
  const path = decodedPath(whole.target) ?? '';
  return requestEvents(whole, path, match(whole.method, path), CALL);
}

describe('the event of a request', () => {
  it('has the shape that AWS documents for payload format 2.0', () => {
    const { event } = eventsOf({
      method: 'POST',
      target: '/api/artifact?parameter1=value1&parameter1=value2&parameter2=a%20b',
      rawHeaders: [
        ...['Host', 'gimletd.example.com', 'User-Agent', 'agent', 'Content-Type', 'application/json'],
        ...['Header1', 'value1', 'Header2', 'value1', 'HEADER2', 'value2', 'Content-Length', '17'],
        ...['Cookie', 'cookie1=a; cookie2=b', 'Connection', 'keep-alive'],
      ],
      body: Buffer.from('{"id":"grüezi"} '),
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /api/artifact',
      rawPath: '/api/artifact',
      rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=a%20b',
      cookies: ['cookie1=a', 'cookie2=b'],
      headers: {
        host: 'gimletd.example.com',
        'user-agent': 'agent',
        'content-type': 'application/json',
        'content-length': '17',
        header1: 'value1',
        header2: 'value1,value2',
        'x-amzn-trace-id': CALL.traceId,
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-port': '8085',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { parameter1: 'value1,value2', parameter2: 'a b' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'local',
        domainName: 'gimletd.example.com',
        domainPrefix: 'gimletd',
        http: {
          method: 'POST',
          path: '/api/artifact',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.1',
          userAgent: 'agent',
        },
        requestId: 'JKJaXmPLvHcESHA=',
        routeKey: 'POST /api/artifact',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: 1584039838390,
      },
      body: '{"id":"grüezi"} ',
      isBase64Encoded: false,
    });
  });

  it('leaves out what there is none of', () => {
    const { event } = eventsOf({ target: '/' });
    for (const absent of ['body', 'cookies', 'queryStringParameters', 'pathParameters', 'stageVariables'])
      expect(event).not.toHaveProperty(absent);
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  it('has a decoded path, as HTTP APIs have in spite of its name', () => {
    const { event } = eventsOf({ target: '/api/artifacts/owner%2Frepo%20x' });
    expect(event.rawPath).toBe('/api/artifacts/owner/repo x');
    expect(event.requestContext.http.path).toBe(event.rawPath);
    expect(event.pathParameters).toEqual({ id: 'owner/repo x' });
  });

  it.each([
    ['text/plain; charset=utf-8', false],
    ['application/json', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['multipart/form-data; boundary=x', true],
  ])('of a %s body is in base64: %s', (type, isBase64Encoded) => {
    const { event } = eventsOf({
      method: 'POST',
      target: '/api/artifact',
      rawHeaders: ['content-type', type],
      body: Buffer.from('abc'),
    });
    expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YWJj' : 'abc' });
  });

  it('of a compressed body is in base64, whatever its type', () => {
    const rawHeaders = ['Content-Type', 'application/json', 'Content-Encoding', 'gzip'];
    const { event } = eventsOf({ method: 'POST', target: '/', rawHeaders, body: Buffer.from([0x1f, 0x8b]) });
    expect(event).toMatchObject({ isBase64Encoded: true, body: 'H4s=' });
  });

  it('carries any bytes unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const { event } = eventsOf({ method: 'POST', target: '/', body: Buffer.from(bytes) });
        expect(Buffer.from(event.body ?? '', 'base64')).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('keeps the raw query as it came, and joins repeated parameters by comma', () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { minLength: 1 }), (pairs) => {
        const query = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
        const { event } = eventsOf({ target: `/api/artifacts?${query}` });
        expect(event.rawQueryString).toBe(query);
        for (const [key] of pairs)
          expect(event.queryStringParameters?.[key]).toBe(
            pairs
              .filter(([other]) => other === key)
              .map(([, value]) => value)
              .join(','),
          );
      }),
    );
  });
});

describe('the event of the authorizer', () => {
  it('has the shape that AWS documents for a REQUEST authorizer', () => {
    const { event, authorizerEvent } = eventsOf({
      method: 'POST',
      target: '/api/artifact?x=1',
      rawHeaders: ['Authorization', 'Bearer abc', 'Host', 'h'],
      body: Buffer.from('{}'),
    });
    expect(authorizerEvent).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: 'arn:aws:execute-api:us-east-1:123456789012:local/$default/POST/api/artifact',
      identitySource: null,
      routeKey: 'POST /api/artifact',
      rawPath: '/api/artifact',
      headers: { authorization: 'Bearer abc' },
      queryStringParameters: { x: '1' },
      requestContext: event.requestContext,
    });
    expect(authorizerEvent).not.toHaveProperty('body');
    expect(authorizerEvent).not.toHaveProperty('isBase64Encoded');
  });
});

describe('a route', () => {
  const table = createRouteTable(
    [
      { method: 'GET', path: '/a/{rest+}', function: 'greedy' },
      { method: 'GET', path: '/a/{one}', function: 'one' },
      { method: 'GET', path: '/a/b', function: 'exact' },
      { method: 'GET', path: '/a/{one}/c', function: 'inner' },
    ],
    'default',
  );

  it.each([
    ['/a/b', 'exact', {}],
    ['/a/x', 'one', { one: 'x' }],
    ['/a/x/c', 'inner', { one: 'x' }],
    ['/a/x/y', 'greedy', { rest: 'x/y' }],
    ['/a/', 'default', {}],
    ['/a', 'default', {}],
    ['/', 'default', {}],
  ])('%s is taken by %s', (path, expected, pathParameters) => {
    expect(table('GET', path)).toMatchObject({ function: expected, pathParameters });
  });

  it('of GET does not answer HEAD or POST: these go to $default', () => {
    expect(table('HEAD', '/a/b')).toEqual({ routeKey: '$default', function: 'default', pathParameters: {} });
    expect(table('POST', '/a/b').routeKey).toBe('$default');
  });

  it('of an artifact takes an id with any slashes in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
        expect(match('GET', `/api/artifacts/${id}`)).toEqual({
          routeKey: 'GET /api/artifacts/{id+}',
          function: 'artifacts',
          pathParameters: { id },
        });
      }),
    );
  });
});

describe('the response', () => {
  it.each([
    [{ hello: 1 }, '{"hello":1}'],
    ['text', 'text'],
    [[1, 2], '[1,2]'],
    [{ body: 'x' }, '{"body":"x"}'],
  ])('of a result without a status code, %j, is it as the JSON of a 200', (result, body) => {
    const reply = replyOf(result);
    expect([reply.status, reply.body.toString()]).toEqual([200, body]);
    expect(reply.headers).toEqual([['content-type', 'application/json']]);
  });

  it('has the status, headers, cookies and body that the result names', () => {
    const reply = replyOf({
      statusCode: 201,
      headers: { 'Content-Type': 'application/json', 'X-Number': 7, 'Content-Length': '999' },
      cookies: ['a=1; Secure', 'b=2'],
      body: '{}',
    });
    expect(reply).toEqual({
      status: 201,
      headers: [
        ['content-type', 'application/json'],
        ['x-number', '7'],
        ['set-cookie', 'a=1; Secure'],
        ['set-cookie', 'b=2'],
      ],
      body: Buffer.from('{}'),
    });
  });

  it('decodes base64 bodies', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        expect(replyOf({ statusCode: 200, body, isBase64Encoded: true }).body).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('without a content type is plain text', () => {
    expect(replyOf({ statusCode: 404 }).headers).toEqual([['content-type', 'text/plain;charset=UTF-8']]);
  });

  it.each([
    [{ statusCode: 'many' }],
    [{ statusCode: 99 }],
    [{ statusCode: 200, body: { a: 1 } }],
    [{ statusCode: 200, headers: { a: ['b'] } }],
    [{ statusCode: 200, cookies: 'a=1' }],
  ])('can’t be made of %j', (result) => {
    expect(() => replyOf(result)).toThrow(MalformedResultError);
  });

  it('of the gateway’s own has its own shape', () => {
    expect(gatewayReply(413, 'Request Entity Too Large').body.toString()).toBe(
      '{"message":"Request Entity Too Large"}',
    );
  });
});

describe('a path', () => {
  it('with broken percent-encoding is recognised', () => {
    expect(decodedPath('/api/%zz')).toBeUndefined();
    expect(decodedPath('/api/%41?x=%zz')).toBe('/api/A');
  });
});
