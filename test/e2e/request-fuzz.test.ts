import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { answerProblems } from '../support/answer-check.ts';
import { call, decisionsOf, listReleases, numbered, push } from '../support/api.ts';
import { DOCUMENTED_OPERATIONS, requestArbitrary, type SentRequest } from '../support/request-arbitrary.ts';
import { startTestSystem } from '../support/system.ts';

/** `npm run nightly` has the time for more. */
const RUNS = process.env['MODE'] === 'nightly' ? 300 : 10;
const WAIT = { timeout: 40_000, interval: 100 };

let system: LocalSystem;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  system = await startTestSystem({ warm: true });
  KNOWN['releaseId'] = await fill();
});
afterAll(async () => {
  agent.destroy();
  await system.close();
});

/** Something of each kind, so that there is something to be found. Answers the release's id, and its request's. */
async function fill(): Promise<string[]> {
  await push(system, numbered('shop', 1));
  await vi.waitFor(async () => expect((await decisionsOf(system, 'shop-1')).complete).toBe(true), WAIT);
  const put = async (path: string, body: unknown) =>
    expect((await call(system, path, { method: 'PUT', body })).status).toBeLessThan(300);
  await put('/api/holds/staging/shop', { reason: 'looking' });
  await put('/api/policies/auto-release/staging/shop', { deploy: { event: 'push', branch: 'main' } });
  const freeze = { schedule: '0 22 * * *', durationMinutes: 60, timeZone: 'UTC', reason: 'night' };
  await put('/api/policies/freeze/production/night', { freeze });
  const { body } = await call(system, '/api/releases', { body: { env: 'staging', artifactId: 'shop-1' } });
  const releases = await listReleases(system, 'env=staging&app=shop');
  return [...releases.map(({ id }) => id), (body as { id: string }).id];
}

/** What exists, by the names under which it is asked for. */
const KNOWN: Record<string, readonly string[]> = {
  app: ['shop', 'other'],
  env: ['staging', 'production'],
  from: ['staging'],
  to: ['production', 'shop-1'],
  artifactId: ['shop-1'],
  id: ['shop-1'],
  '/api/artifacts/{id}': ['shop-1'],
  '/api/artifacts/{id}/decisions': ['shop-1'],
  '/api/policies/{id}': [
    'auto-release/staging/shop',
    'freeze/production/night',
    'branch-restriction/staging',
  ],
  '/api/holds/{id}': ['staging/shop', 'production/other'],
  '/api/trust/{id}': ['ours'],
};
const RELEASES = new Set(['/api/releases/{id}', '/api/releases/{id}/cancel']);
const known = (name: string) => KNOWN[RELEASES.has(name) ? 'releaseId' : name] ?? [];

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** As it is: `fetch` puts paths right, and has no body for a GET. */
function send({ method, target, headers, body }: SentRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const authorization = `Bearer ${system.adminToken}`;
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { agent, method, headers: { ...headers, ...length, authorization } };
  const outgoing = httpRequest(system.url + target, options);
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    const { statusCode = 0, headers: answered } = response;
    text(response).then(
      (found) => resolve({ status: statusCode, headers: headersOf(answered), text: found }),
      reject,
    );
  });
  outgoing.end(body);
  return promise;
}

function headersOf(headers: IncomingHttpHeaders): Headers {
  return new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** What is wrong with an answer, whatever was asked; nothing when all is well. */
function wrong({ method, target }: SentRequest, answer: Answer): string[] {
  const { status, headers } = answer;
  if (status >= 500) return [`it answered ${status}: ${answer.text}`];
  const type = headers.get('content-type');
  const isOurs = headers.has('x-request-id');
  return [
    ...answerProblems({ method, target, ...answer }),
    ...(status >= 400 && isOurs && type !== 'application/problem+json' ? [`a ${status} of ${type}`] : []),
  ];
}

describe('whatever is sent', () => {
  it.each(
    DOCUMENTED_OPERATIONS.map((operation) => ({ name: `${operation.method} ${operation.path}`, operation })),
  )(
    'to $name is answered as documented, never with a fault',
    async ({ operation }) => {
      await fc.assert(
        fc.asyncProperty(requestArbitrary(operation, known), async (sent) => {
          expect(wrong(sent, await send(sent))).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    900_000,
  );
});
