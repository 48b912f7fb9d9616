import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILLED_ENV, FILLED_FROM, fillTable } from '../../bench/browse/fill-table.ts';
import { startProxy, Upstream } from '../../local/faults/wire.ts';
import { roleGrants } from '../../shared/access/role-grants.ts';
import { makeApi } from '../support/api-functions.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';
import { makeStores } from '../support/stores.ts';

/** Of each app there are more than what is read at once. */
const [APPS, FEW, MANY] = [2, 120, 360];
const ADMIN = { kind: 'token', id: 'a', name: 'admin', grants: roleGrants({ role: 'admin' }) } as const;

let embedded: Embedded;
let api: ReturnType<typeof makeApi>;
let requests = 0;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  embedded = await startEmbedded();
  const table = new Upstream(embedded.dynamodbConfig.endpoint);
  const counted = await startProxy((call) => {
    requests += 1;
    return table.send(call);
  });
  closing.push(embedded.close, counted.close, () => table.close());
  const seen = { ...embedded, dynamodbConfig: { ...embedded.dynamodbConfig, endpoint: counted.endpoint } };
  const repo = 'https://git.example.com/gitops.git';
  api = makeApi(seen, makeStores(seen), JSON.stringify({ gitops: { repo, branch: 'main' } }));
});
afterAll(() => Promise.all(closing.map((close) => close())));

/** What is asked for when so much is stored; `half` is a time in the middle of it. */
function asked(stored: number): Readonly<Record<string, [route: string, query: Record<string, string>]>> {
  const half = new Date(FILLED_FROM + (stored / 2) * 60_000).toISOString();
  const releases = 'GET /api/releases';
  const artifacts = 'GET /api/artifacts';
  const page = { limit: '10' };
  return {
    'status of an environment': ['GET /api/status', { env: FILLED_ENV }],
    'status of an app': ['GET /api/status', { env: FILLED_ENV, app: 'app-1' }],
    'the last releases': [releases, { env: FILLED_ENV, ...page }],
    'releases in the middle': [releases, { env: FILLED_ENV, until: half, ...page }],
    'the first releases': [releases, { env: FILLED_ENV, reverse: 'true', ...page }],
    'the last releases of an app': [releases, { env: FILLED_ENV, app: 'app-1', limit: '3' }],
    'the last artifacts': [artifacts, page],
    'artifacts in the middle': [artifacts, { until: half, ...page }],
    'artifacts of an app': [artifacts, { app: 'app-1', limit: '3' }],
    'artifacts of a repository': [artifacts, { repository: 'acme/app-1', limit: '3' }],
    'artifacts of a branch': [artifacts, { repository: 'acme/app-1', branch: 'main', limit: '3' }],
  };
}

/** Requests that the table got for each, for the first page and for the one that its Link leads to. */
async function requestsFor(stored: number): Promise<Record<string, [first: number, next: number]>> {
  const counts: Record<string, [number, number]> = {};
  for (const [what, [route, query]] of Object.entries(asked(stored))) {
    const first = await counted(route, query);
    const isStatus = route.endsWith('/status');
    expect({ what, size: sizeOf(first.body) }).toEqual({
      what,
      size: isStatus ? (query['app'] === undefined ? APPS : 1) : Number(query['limit']),
    });
    const cursor = new URL(/<(.*)>/.exec(first.link)?.[1] ?? '', 'http://x').searchParams.get('cursor');
    const next = isStatus ? first : await counted(route, { ...query, cursor: cursor ?? 'none' });
    expect({ what, status: next.status }).toEqual({ what, status: 200 });
    counts[what] = [first.took, next.took];
  }
  return counts;
}

async function counted(route: string, query: Record<string, string>) {
  const before = requests;
  const { status, body, headers } = await api.call(ADMIN, { route, query });
  return { status, body, link: headers['link'] ?? '', took: requests - before };
}

const filled = () => ({ config: embedded.dynamodbConfig, tableName: embedded.tableName });

const sizeOf = (body: unknown) => Object.keys(body as object).length;

describe('an answer takes as many reads of the table', () => {
  it(`when ${MANY} are stored as when ${FEW} are`, async () => {
    await fillTable(filled(), { from: 0, to: FEW, apps: APPS });
    const few = await requestsFor(FEW);
    await fillTable(filled(), { from: FEW, to: MANY, apps: APPS });
    expect(await requestsFor(MANY)).toEqual(few);
  });
});
