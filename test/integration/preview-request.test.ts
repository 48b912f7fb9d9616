import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { requestOperations } from '../../functions/releases/request-operations.ts';
import { makeRenderAhead } from '../../functions/renderer/renderer.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { EVERYTHING } from '../../shared/access/authenticate.ts';
import { functionCaller } from '../../shared/adapters/functions/function-caller.ts';
import { invokedRenderer } from '../../shared/adapters/functions/invoked-renderer.ts';
import { previewAnswer } from '../../shared/contract/previews.ts';
import type { ManifestRenderer } from '../../shared/release/render-invocation.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { NO_PROGRAMS } from '../support/rendering.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, type Stores } from '../support/stores.ts';

let stores: Stores;
storesForTests((given) => {
  stores = given.stores;
});

/** Renders in this process, as the renderer function does when it is invoked. */
const rendering: ManifestRenderer = {
  render: async (what) => {
    const answer = await makeRenderAhead({ ...stores, ...NO_PROGRAMS })({ render: what });
    if ('bundle' in answer) return answer;
    throw new Error(JSON.stringify(answer));
  },
};

function operations(renderer: ManifestRenderer) {
  return requestOperations({ ...stores, renderer, newId: () => 'none', clock: Date.now });
}

function asked(path: string, query: URLSearchParams, body = ''): HttpRequest {
  return {
    routeKey: `POST ${path}`,
    path,
    query,
    headers: {},
    principal: { kind: 'token', id: 'admin', name: 'admin', grants: [EVERYTHING] },
    ip: '127.0.0.1',
    requestId: 'r',
    correlationId: 'r',
    annotate: () => undefined,
    receivedAt: 0,
    text: () => body,
  };
}

describe('a dry run whose rendering takes too long', () => {
  it('is answered with where to ask again, and is there then', async () => {
    const environments = ['a', 'b'].map((app) => manifest(`slow-${app}`, 'staging'));
    const { id } = await accept(stores, artifactDocument({ id: 'slow/1', environments }));
    const late: ManifestRenderer = {
      render: async (what, ms) => (what.manifestIndex === 1 ? undefined : rendering.render(what, ms)),
    };
    const order = JSON.stringify({ env: 'staging', artifactId: id });
    const ask = operations(late)['POST /api/releases'];
    const pending = await ask?.(asked('/api/releases', new URLSearchParams({ dryRun: 'true' }), order));
    expect(pending).toMatchObject({ statusCode: 202, headers: { 'retry-after': '2' } });
    const url = new URL(pending?.headers['location'] ?? '', 'https://gimletd.example.com');
    expect(JSON.parse(pending?.body ?? '')).toMatchObject({ url: `${url.pathname}${url.search}` });
    const again = await operations(rendering)['POST /api/releases']?.(asked(url.pathname, url.searchParams));
    expect(again?.statusCode).toBe(200);
    const { releases } = previewAnswer.parse(JSON.parse(again?.body ?? ''));
    expect(releases.map(({ app }) => app)).toEqual(['slow-a', 'slow-b']);
  });

  it('of a promotion names both environments where to ask again', async () => {
    const environments = ['staging', 'production'].map((env) => manifest('up', env));
    const { id } = await accept(stores, artifactDocument({ id: 'up-1', environments }));
    const target = { app: 'up', env: 'staging' };
    await stores.targets.recordWritten(target, { releaseId: 'r', artifactId: id, order: 1, writtenAt: 1 });
    const query = new URLSearchParams({ dryRun: 'true', from: 'staging', to: 'production', app: 'up' });
    const late = operations({ render: async () => undefined })['POST /api/promote'];
    const pending = await late?.(asked('/api/promote', query));
    const url = new URL(pending?.headers['location'] ?? '', 'https://gimletd.example.com');
    expect(Object.fromEntries(url.searchParams)).toEqual(Object.fromEntries(query));
  });
});

describe('the renderer function', () => {
  const renderer = (endpoint: string) =>
    invokedRenderer(functionCaller('renderer', { ...LOCAL_AWS, endpoint, maxAttempts: 1 }));
  const what = { artifactId: 'a', manifestIndex: 0 };

  it('that does not answer in time is left to it', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await renderer(`http://127.0.0.1:${port}`).render(what, 50)).toBeUndefined();
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each([
    ['refuses', { refused: { code: 'render-failed', message: 'no', errors: [] } }, 'unprocessable'],
    ['can not tell now', { error: { code: 'charts-unavailable', message: 'no' } }, 'transient'],
    ['answers what nobody understands', { what: 1 }, 'transient'],
  ])('that %s is told as it is', async (_what, json, kind) => {
    await using server = await scriptedServer({ json });
    await expect(renderer(server.url).render(what, 20_000)).rejects.toMatchObject({ kind });
  });
});
