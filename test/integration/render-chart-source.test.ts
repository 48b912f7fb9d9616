import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCharts } from '../../functions/charts/charts.ts';
import { startAwsEndpoint } from '../../local/gateway/aws-endpoint.ts';
import type { Listener } from '../../local/gateway/listen.ts';
import { httpChartRepository } from '../../shared/adapters/charts/http-chart-repository.ts';
import { invokedChartSource } from '../../shared/adapters/charts/invoked-chart-source.ts';
import { chartStore } from '../../shared/adapters/dynamodb/chart-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { functionCaller } from '../../shared/adapters/functions/function-caller.ts';
import type { ChartSource } from '../../shared/manifest/chart-source.ts';
import type { ChartStore } from '../../shared/manifest/chart-store.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { packFixtureChart } from '../support/chart-archive.ts';
import { type ChartServer, sha256, startChartServer } from '../support/chart-server.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';
import { render } from '../support/rendering.ts';
import { folderForTests } from '../support/test-folder.ts';

const WEB = packFixtureChart('web');

let embedded: Embedded;
let store: ChartStore;
let server: ChartServer;
let endpoint: Listener;
const folder = folderForTests();
let invocations: unknown[];

beforeAll(async () => {
  embedded = await startEmbedded();
  store = chartStore(
    new TableClient(embedded.tableName, () => ({ function: 'charts' }), embedded.dynamodbClient),
  );
  const logger = createLogger('charts');
  logger.setLogLevel('SILENT');
  const repository = httpChartRepository({ hosts: ['*'], allowLoopback: true });
  const charts = makeCharts({ repository, store, logger });
  endpoint = await startAwsEndpoint({
    invoke: async (name, event) => {
      invocations.push(event);
      if (name === 'broken') throw new Error('out of memory');
      return charts(event);
    },
    functionNames: ['charts', 'broken'],
    secrets: { file: join(folder, 'secrets.json'), region: 'us-east-1', accountId: '000000000000' },
    report: () => undefined,
  });
});
afterAll(async () => {
  await endpoint.close();
  await embedded.close();
});
beforeEach(async () => {
  invocations = [];
  server = await startChartServer([{ name: 'web', version: '1.2.0', archive: WEB }]);
  return () => server.close();
});

/** As a renderer has it that has just started. */
function startSource(functionName = 'charts', counted: ChartStore = store): ChartSource {
  const call = functionCaller(functionName, {
    endpoint: `http://127.0.0.1:${endpoint.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return invokedChartSource({ call, store: counted });
}

function web(version = '1.2.0') {
  return { repository: server.url, name: 'web', version };
}

describe("the renderer's charts", () => {
  it('come by way of the function that fetches them', async () => {
    const source = startSource();
    const identity = await source.identify(web('^1.0'));
    const archive = await source.archive(identity);
    expect(identity).toEqual({ name: 'web', version: '1.2.0', digest: sha256(WEB) });
    expect(Buffer.from(archive)).toEqual(WEB);
    expect(invocations).toEqual([{ chart: web('^1.0') }]);
  });

  it('ask nobody for a version that was seen before, in a renderer that has just started too', async () => {
    await startSource().identify(web());
    await server.close();
    const source = startSource();
    const identity = await source.identify(web());
    expect(Buffer.from(await source.archive(identity))).toEqual(WEB);
    expect(invocations).toHaveLength(1);
    server = await startChartServer();
  });

  it('are read once by a renderer that is warm', async () => {
    const reads: string[] = [];
    const counted: ChartStore = {
      ...store,
      findPin: (chart) => {
        reads.push('pin');
        return store.findPin(chart);
      },
      get: (digest) => {
        reads.push('bytes');
        return store.get(digest);
      },
    };
    await startSource().identify(web());
    const warm = startSource('charts', counted);
    for (let time = 0; time < 3; time += 1) await warm.archive(await warm.identify(web()));
    expect(reads).toEqual(['pin', 'bytes']);
  });

  it('say why one can not be had', async () => {
    await expect(startSource().identify(web('9.0.0'))).rejects.toMatchObject({
      code: 'chart-not-found',
      retryable: false,
      message: expect.stringContaining('the newest are 1.2.0'),
    });
  });

  it('may be asked for again when the function fails or is not there', async () => {
    await expect(startSource('broken').identify(web('2.0.0'))).rejects.toMatchObject({
      code: 'charts-unavailable',
      retryable: true,
    });
    await expect(startSource('nowhere').identify(web('2.0.0'))).rejects.toMatchObject({
      code: 'charts-unavailable',
      retryable: true,
    });
  });

  it('are rendered from a repository to files', async () => {
    const { files, chart } = await render({ chart: web('1.x') }, { charts: startSource() });
    expect([...files.keys()]).toEqual(['deployment.yaml', 'service.yaml']);
    expect(chart).toMatchObject({ version: '1.2.0' });
  });
});
