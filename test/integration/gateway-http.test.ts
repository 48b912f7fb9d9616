import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../../local/gateway/gateway.ts';
import { createHttpApi } from '../../local/gateway/http-api.ts';
import { type Listener, PortTakenError } from '../../local/gateway/listen.ts';
import { createThrottles } from '../../local/gateway/throttles.ts';
import { gimlet } from '../support/cli.ts';
import { type HostedForTest, hostSources } from '../support/hosted-functions.ts';

const AUTHORIZER = `export const handler = async (event: any) => {
  const who = event.headers.authorization;
  if (who === 'crash') throw new Error('no idea');
  if (who === 'nonsense') return 'yes';
  return { isAuthorized: who !== 'stranger', context: { who: who ?? 'nobody', key: event.routeKey } };
};`;

const ECHO = `export const handler = async (event: any) => {
  if (event.queryStringParameters?.do === 'throw') throw new Error('secret words');
  if (event.queryStringParameters?.do === 'hang') await new Promise((resolve) => setTimeout(resolve, 5000));
  if (event.queryStringParameters?.do === 'malformed') return { statusCode: 200, body: {} };
  return event;
};`;

const REPLIES = `export const handler = async (event: any) => ({
  statusCode: event.routeKey === '$default' ? 404 : 201,
  headers: { 'content-type': 'application/octet-stream' },
  cookies: ['a=1', 'b=2'],
  body: Buffer.from([0, 255, 128]).toString('base64'),
  isBase64Encoded: true,
});`;

const LISTING = `export const handler = async () => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: '[]',
});`;

let functions: HostedForTest;
let gateway: Listener;
let url: string;
const reported: string[] = [];

const gatewayOptions = () => ({
  defaultFunction: 'replies',
  authorizer: 'authorizer',
  invoke: functions.invoke,
  region: 'us-east-1',
  accountId: '000000000000',
  report: (problem: string) => void reported.push(problem),
});

beforeAll(async () => {
  functions = await hostSources({ authorizer: AUTHORIZER, echo: ECHO, list: LISTING, replies: REPLIES });
  const api = createHttpApi({
    routes: [
      { method: 'GET', path: '/echo', function: 'echo' },
      { method: 'POST', path: '/echo', function: 'echo' },
      { method: 'GET', path: '/things/{id+}', function: 'echo' },
      { method: 'GET', path: '/binary', function: 'replies' },
    ],
    ...gatewayOptions(),
    timeoutMs: 1000,
  });
  const mounts = {
    '/mounted/': async (_: unknown, response: { end(text: string): void }) => response.end('here'),
  };
  gateway = await startGateway({ port: 0, api, mounts, report: (problem) => reported.push(problem) });
  url = `http://127.0.0.1:${gateway.port}`;
});
afterAll(async () => {
  await gateway.close();
  await functions.close();
});

describe('a call', () => {
  it('reaches the function of its route with the event and who is calling', async () => {
    const response = await fetch(`${url}/echo?a=1&a=2`, {
      method: 'POST',
      headers: { authorization: 'jane', 'content-type': 'application/json' },
      body: '{"x":1}',
    });
    const event = await eventIn(response);
    expect(response.headers.get('apigw-requestid')).toBe(event.requestContext.requestId);
    expect(event).toMatchObject({
      routeKey: 'POST /echo',
      queryStringParameters: { a: '1,2' },
      body: '{"x":1}',
      isBase64Encoded: false,
      requestContext: { authorizer: { lambda: { who: 'jane', key: 'POST /echo' } } },
    });
  });

  it('without credentials is put before the authorizer too', async () => {
    const event = await eventIn(await fetch(`${url}/echo`));
    expect(event.requestContext.authorizer.lambda.who).toBe('nobody');
  });

  it('with an encoded slash in its path matches as if it were a plain one', async () => {
    const event = await eventIn(await fetch(`${url}/things/owner%2Frepo/decisions`));
    expect(event.pathParameters).toEqual({ id: 'owner/repo/decisions' });
  });

  it('sends repeated headers joined by comma', async () => {
    const answer = await rawGet('/echo', { 'X-Tag': ['one', 'two'] });
    expect(JSON.parse(answer).headers['x-tag']).toBe('one,two');
  });

  it('is answered with bytes, status and several cookies', async () => {
    const response = await fetch(`${url}/binary`);
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 128]);
  });

  it.each([
    ['GET', '/nowhere'],
    ['HEAD', '/echo'],
    ['DELETE', '/echo'],
    ['GET', '/echo/'],
  ])('%s %s goes to $default', async (method, path) => {
    expect((await fetch(url + path, { method })).status).toBe(404);
  });

  it('under a mount does not reach the API', async () => {
    expect(await (await fetch(`${url}/mounted/x`)).text()).toBe('here');
  });
});

describe('API Gateway answers itself', () => {
  const answerOf = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, init);
    expect(response.headers.get('content-type')).toBe('application/json');
    return [response.status, await response.json()];
  };

  it.each([
    ['a caller whom the authorizer refuses', '/echo', 'stranger', 403, 'Forbidden'],
    ['an authorizer that fails', '/echo', 'crash', 500, 'Internal Server Error'],
    ['an authorizer that answers nonsense', '/echo', 'nonsense', 500, 'Internal Server Error'],
    ['a function that throws', '/echo?do=throw', 'jane', 500, 'Internal Server Error'],
    ['a malformed result', '/echo?do=malformed', 'jane', 500, 'Internal Server Error'],
    ['a function that takes too long', '/echo?do=hang', 'jane', 503, 'Service Unavailable'],
    ['a path that can’t be decoded', '/%zz', 'jane', 400, 'Bad Request'],
  ])('%s', async (_, path, authorization, status, message) => {
    expect(await answerOf(path, { headers: { authorization } })).toEqual([status, { message }]);
  });

  it.each([
    ['10 MB, its own limit', 10 * 1024 * 1024 + 1],
    ['6 MB, which is Lambda’s', 7 * 1024 * 1024],
  ])('a body over %s', async (_, bytes) => {
    const answer = await answerOf('/echo', { method: 'POST', body: 'x'.repeat(bytes) });
    expect(answer).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  it('headers over 10 KB', async () => {
    expect((await fetch(`${url}/echo`, { headers: { 'x-long': 'x'.repeat(10_240) } })).status).toBe(431);
  });

  it('and what went wrong is told to whoever runs the server', () => {
    expect(reported.join('\n')).toContain('GET /echo: secret words');
    expect(reported.join('\n')).toContain('body is no string');
  });
});

describe('a port that is taken', () => {
  it('is refused with what to do', async () => {
    const start = startGateway({ port: gateway.port, api: async () => {}, mounts: {}, report: () => {} });
    await expect(start).rejects.toBeInstanceOf(PortTakenError);
    await expect(start).rejects.toThrow(`GIMLETD_PORT=${gateway.port + 1}`);
  });
});

type EchoedEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<{ who: string }>;

async function eventIn(response: Response): Promise<EchoedEvent> {
  return (await response.json()) as EchoedEvent;
}

function rawGet(path: string, headers: Record<string, string[]>): Promise<string> {
  return new Promise((resolve, reject) => {
    httpRequest(url + path, { headers }, (response) => resolve(text(response)))
      .on('error', reject)
      .end();
  });
}

describe('a throttled gateway', () => {
  const routes = [
    { method: 'GET', path: '/api/artifacts', function: 'list' },
    { method: 'GET', path: '/echo', function: 'echo', share: 0.5 },
  ];
  let now = 0;

  async function throttled(): Promise<Listener> {
    const take = createThrottles({ perSecond: 1, burst: 2 }, routes, () => now);
    const options = gatewayOptions();
    const api = createHttpApi({ ...options, routes, take });
    return startGateway({ port: 0, api, mounts: {}, report: options.report });
  }

  it('takes so many at once of each route, and again with time; it answers as API Gateway does', async () => {
    const { port, close } = await throttled();
    const statuses = async (path: string, count: number) => {
      const found: number[] = [];
      for (let n = 0; n < count; n += 1) found.push((await fetch(`http://127.0.0.1:${port}${path}`)).status);
      return found;
    };
    expect(await statuses('/api/artifacts', 4)).toEqual([200, 200, 429, 429]);
    expect(await statuses('/echo', 2)).toEqual([200, 429]);
    now += 1_000;
    expect(await statuses('/api/artifacts', 2)).toEqual([200, 429]);
    now += 60_000;
    expect(await statuses('/api/artifacts', 3)).toEqual([200, 200, 429]);
    const refused = await fetch(`http://127.0.0.1:${port}/api/artifacts`);
    expect(await refused.json()).toEqual({ message: 'Too Many Requests' });
    expect(Object.fromEntries(refused.headers)).toMatchObject({ 'content-type': 'application/json' });
    expect(refused.headers.get('retry-after')).toBeNull();
    await close();
  });

  it('has the CLI wait, and ask again', async () => {
    const { port, close } = await throttled();
    const env = { GIMLET_SERVER: `http://127.0.0.1:${port}`, GIMLET_TOKEN: 'x' };
    const sleep = async (ms: number) => {
      now += ms;
    };
    const pauses: number[][] = [];
    for (let n = 0; n < 3; n += 1) {
      const ran = await gimlet(['artifact', 'list'], { env, sleep });
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      pauses.push([...ran.pauses]);
    }
    expect(pauses).toEqual([[], [], [500, 1_000]]);
    await close();
  });
});
