import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCharts } from '../../functions/charts/charts.ts';
import { chartRepositories } from '../../shared/adapters/charts/chart-repositories.ts';
import type { ChartRepositoryOptions } from '../../shared/adapters/charts/repository-options.ts';
import { chartStore } from '../../shared/adapters/dynamodb/chart-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import type { ChartAnswer } from '../../shared/manifest/chart-invocation.ts';
import type { ChartStore } from '../../shared/manifest/chart-store.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { packFixtureChart, packTgz } from '../support/chart-archive.ts';
import { type ChartServer, sha256, startChartServer } from '../support/chart-server.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';
import { startOciRegistry } from '../support/oci-registry.ts';

const WEB = packFixtureChart('web');
const OTHER = packFixtureChart('web', { 'values.yaml': 'replicas: 7\n' });
const LOCAL: ChartRepositoryOptions = { hosts: ['*'], allowLoopback: true };

let embedded: Embedded;
let store: ChartStore;
let server: ChartServer;

beforeAll(async () => {
  embedded = await startEmbedded();
  store = chartStore(
    new TableClient(embedded.tableName, () => ({ function: 'charts' }), embedded.dynamodbClient),
  );
});
afterAll(() => embedded.close());
beforeEach(async () => {
  server = await startChartServer();
  return () => server.close();
});

function ask(version: string, options: Partial<ChartRepositoryOptions> = {}, repository = server.url) {
  const logger = createLogger('charts');
  logger.setLogLevel('SILENT');
  const charts = makeCharts({ repository: chartRepositories({ ...LOCAL, ...options }), store, logger });
  return charts({ chart: { repository, name: 'web', version } });
}

function refused(answer: ChartAnswer) {
  if ('error' in answer) return answer.error;
  throw new Error(`it was taken: ${JSON.stringify(answer)}`);
}

describe('the charts function', () => {
  it('takes charts from registries too, and sees that a tag has changed', async () => {
    await using registry = await startOciRegistry();
    registry.push('charts/web', '1.2.0', WEB);
    const repository = `${registry.url}/charts`;
    expect(await ask('^1.0', {}, repository)).toMatchObject({ version: '1.2.0', digest: sha256(WEB) });
    registry.push('charts/web', '1.2.0', OTHER);
    expect(refused(await ask('^1.0', {}, repository))).toMatchObject({ code: 'chart-changed' });
  });

  it('stores a chart under its digest and says which it is', async () => {
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB }]);
    expect(await ask('1.2.0')).toEqual({ name: 'web', version: '1.2.0', digest: sha256(WEB) });
    expect(Buffer.from((await store.get(sha256(WEB))) ?? [])).toEqual(WEB);
  });

  it('asks nobody for a version that it has seen', async () => {
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB }]);
    await ask('1.2.0');
    const before = [...server.requests];
    expect(await ask('1.2.0')).toMatchObject({ digest: sha256(WEB) });
    expect(server.requests).toEqual(before);
  });

  it.each([
    ['^1.2', '1.10.1'],
    ['~1.2.0', '1.2.7'],
    ['>=1.0, <1.10', '1.2.7'],
    ['1.x || 3', '1.10.1'],
    ['*', '2.0.0'],
    ['>=2.1.0-0', '2.1.0-rc.1'],
    ['v1.2.0', '1.2.0'],
  ])('takes the newest version of the range %s: %s', async (range, version) => {
    const versions = ['1.2.7', '2.0.0', '1.10.1', '1.2.0', '2.1.0-rc.1'];
    server.serve(versions.map((each) => ({ name: 'web', version: each, archive: WEB })));
    expect(await ask(range)).toMatchObject({ version });
    expect(await store.findPin({ repository: server.url, name: 'web', version })).toBe(sha256(WEB));
  });

  it('says which versions there are when the one asked for is not', async () => {
    server.serve(['1.2.0', '1.3.0'].map((version) => ({ name: 'web', version, archive: WEB })));
    const { code, message, retryable } = refused(await ask('9.9.9'));
    expect({ code, retryable }).toEqual({ code: 'chart-not-found', retryable: false });
    expect(message).toContain('the newest are 1.3.0, 1.2.0');
  });

  it('refuses an archive that is not what the index says', async () => {
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB, digest: sha256(OTHER) }]);
    expect(refused(await ask('1.2.0'))).toMatchObject({ code: 'chart-digest-mismatch', retryable: false });
    expect(await store.findPin({ repository: server.url, name: 'web', version: '1.2.0' })).toBeUndefined();
  });

  it('finds out that a version was changed after it was first used', async () => {
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB }]);
    await ask('1.2.0');
    server.serve([{ name: 'web', version: '1.2.0', archive: OTHER }]);
    const { code, message } = refused(await ask('^1.2'));
    expect(code).toBe('chart-changed');
    expect(message).toContain(sha256(WEB));
    expect(await ask('1.2.0')).toMatchObject({ digest: sha256(WEB) });
  });

  it('keeps one digest when two ask for a version at once and its repository gives each another', async () => {
    let given = 0;
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB, digest: null }]);
    server.answer('/web-1.2.0.tgz', (_request, response) => {
      given += 1;
      response.end(given % 2 === 0 ? WEB : OTHER);
    });
    const answers = await Promise.all([ask('1.2.0'), ask('1.2.0')]);
    const kept = await store.findPin({ repository: server.url, name: 'web', version: '1.2.0' });
    expect(answers.filter((answer) => 'digest' in answer && answer.digest === kept)).toHaveLength(1);
    expect(
      answers.filter((answer) => 'error' in answer && answer.error.code === 'chart-changed'),
    ).toHaveLength(1);
  });

  it('looks into the archive before it is stored', async () => {
    const archive = packTgz([
      { path: 'web/Chart.yaml', content: 'apiVersion: v2\nname: web\nversion: 1.2.0\n' },
      { path: 'web/values.yaml', type: '2', linkTo: '/proc/self/environ' },
    ]);
    server.serve([{ name: 'web', version: '1.2.0', archive }]);
    const { code, message } = refused(await ask('1.2.0'));
    expect(code).toBe('chart-refused');
    expect(message).toContain('web/values.yaml');
    expect(await store.get(sha256(archive))).toBeUndefined();
  });

  it.each([
    ['no name', { chart: { repository: 'https://x.example', version: '1' } }, 'chart.name'],
    ['nothing', undefined, ''],
  ])('says what is wrong with a request of %s', async (_what, event, field) => {
    const charts = makeCharts({
      repository: chartRepositories(LOCAL),
      store,
      logger: createLogger('charts'),
    });
    const { code, message } = refused(await charts(event));
    expect(code).toBe('bad-chart-request');
    expect(message).toContain(field);
  });
});

describe('a chart repository that is not to be trusted', () => {
  const PUBLIC: ChartRepositoryOptions = { hosts: ['*'], allowLoopback: false };

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://172.20.0.1/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'http://charts.example.com/',
    'file:///etc/passwd',
    'https://user:secret@charts.example.com/',
  ])('is not asked at %s', async (repository) => {
    const { code, message } = refused(await ask('1.2.0', PUBLIC, repository));
    expect(code).toBe('chart-source-refused');
    expect(message).not.toContain('secret');
  });

  it('is not asked when its name stands for an address of ours', async () => {
    const resolve: ChartRepositoryOptions['resolve'] = (_host, done) =>
      done(null, [
        { address: '93.184.215.14', family: 4 },
        { address: '10.1.2.3', family: 4 },
      ]);
    const { code, message } = refused(
      await ask('1.2.0', { ...PUBLIC, resolve }, 'https://charts.example.com'),
    );
    expect(code).toBe('chart-source-refused');
    expect(message).toContain("'charts.example.com' is at 10.1.2.3");
  });

  it('is connected to at the very address that was checked, and looked up once a request', async () => {
    const asked: string[] = [];
    const resolve: ChartRepositoryOptions['resolve'] = (host, done) => {
      asked.push(host);
      done(null, [{ address: asked.length <= 2 ? '127.0.0.1' : '10.1.2.3', family: 4 }]);
    };
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB }]);
    const repository = `http://rebinding.example:${server.port}`;
    expect(await ask('1.2.0', { resolve }, repository)).toMatchObject({ digest: sha256(WEB) });
    expect(asked).toEqual(['rebinding.example', 'rebinding.example']);
    expect(refused(await ask('1.3.0', { resolve }, repository))).toMatchObject({
      code: 'chart-source-refused',
    });
  });

  it('is not asked when its host is not on the list', async () => {
    const hosts = ['charts.example.com'];
    expect(refused(await ask('1.2.0', { hosts }))).toMatchObject({ code: 'chart-source-refused' });
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB, url: 'https://elsewhere.example/web.tgz' }]);
    expect(refused(await ask('1.2.0', { hosts: ['127.0.0.1'] }))).toMatchObject({
      code: 'chart-source-refused',
    });
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'not a public address'],
    ['http://other.example/', "'other.example' is not among the hosts"],
    ['file:///etc/passwd', 'is not https'],
  ])('is not followed to %s', async (location, words) => {
    server.answer('/index.yaml', (_request, response) => response.writeHead(302, { location }).end());
    const { code, message } = refused(await ask('1.2.0', { hosts: ['127.0.0.1', '169.254.169.254'] }));
    expect(code).toBe('chart-source-refused');
    expect(message).toContain(words);
  });

  it('is followed three times, not four', async () => {
    server.serve([{ name: 'web', version: '1.2.0', archive: WEB, url: '/hop/3' }]);
    for (const hop of [1, 2, 3, 4])
      server.answer(`/hop/${hop}`, (_request, response) => {
        const location = hop === 1 ? '/web-1.2.0.tgz' : `/hop/${hop - 1}`;
        response.writeHead(302, { location }).end();
      });
    server.answer('/web-1.2.0.tgz', (_request, response) => response.end(WEB));
    expect(await ask('1.2.0')).toMatchObject({ digest: sha256(WEB) });
    server.serve([{ name: 'web', version: '1.3.0', archive: WEB, url: '/hop/4' }]);
    expect(refused(await ask('1.3.0')).message).toContain('redirects more than 3 times');
  });

  it('is heard no longer than it may talk', async () => {
    server.answer('/index.yaml', (_request, response) => response.end(Buffer.alloc(2_000)));
    expect(refused(await ask('1.2.0', { maxBytes: 1_000 }))).toMatchObject({ code: 'chart-too-large' });
  });

  it('is given up when it does not answer in time', async () => {
    server.answer('/index.yaml', (_request, response) => response.write('entries:'));
    const { code, message, retryable } = refused(await ask('1.2.0', { seconds: 0.2 }));
    expect({ code, retryable }).toEqual({ code: 'chart-source-unavailable', retryable: true });
    expect(message).toContain('did not answer within 0.2 seconds');
  });

  it.each([
    [404, 'chart-not-found', false],
    [403, 'chart-source-refused', false],
    [503, 'chart-source-unavailable', true],
    [429, 'chart-source-unavailable', true],
  ])('is asked again later only if that may help: %i', async (status, code, retryable) => {
    server.answer('/index.yaml', (_request, response) => response.writeHead(status).end());
    expect(refused(await ask('1.2.0'))).toMatchObject({ code, retryable });
  });

  it('may be asked again when nobody is there', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    closed.close();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(refused(await ask('1.2.0', {}, `http://127.0.0.1:${port}`))).toMatchObject({
      code: 'chart-source-unavailable',
      retryable: true,
    });
  });

  it.each([
    ['no YAML', 'a: [', 'chart-index-invalid'],
    ['no index', '<html></html>', 'chart-index-invalid'],
    ['another chart', 'entries:\n  other: []\n', 'chart-not-found'],
    ['a name of prototypes', 'entries:\n  __proto__:\n    web: []\n', 'chart-not-found'],
  ])('has an index that is %s', async (_what, index, code) => {
    server.answer('/index.yaml', (_request, response) => response.end(index));
    expect(refused(await ask('1.2.0'))).toMatchObject({ code });
  });
});
