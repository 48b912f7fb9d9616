import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chartRepositories } from '../../shared/adapters/charts/chart-repositories.ts';
import type { ChartRepositoryOptions } from '../../shared/adapters/charts/repository-options.ts';
import { fetchedCharts } from '../../shared/manifest/fetched-charts.ts';
import { packFixtureChart } from '../support/chart-archive.ts';
import { sha256, startChartServer } from '../support/chart-server.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { render } from '../support/rendering.ts';

const WEB = packFixtureChart('web');
const NEWER = packFixtureChart('web', { 'values.yaml': 'replicas: 7\n' });

let registry: OciRegistry;
beforeEach(async () => {
  registry = await startOciRegistry();
  for (const tag of ['1.0.0', '1.2.0', '2.0.0-rc.1', 'latest']) registry.push('charts/web', tag, WEB);
  registry.push('charts/web', '1.3.0_build.7', NEWER);
});
afterEach(() => registry[Symbol.asyncDispose]());

function charts(options: Partial<ChartRepositoryOptions> = {}) {
  return fetchedCharts(chartRepositories({ hosts: ['*'], allowLoopback: true, ...options }));
}

function identify(version: string, options: Partial<ChartRepositoryOptions> = {}, name = 'web') {
  return charts(options).identify({ repository: `${registry.url}/charts`, name, version });
}

describe('a chart in a registry', () => {
  it('is had by its tag, with a token that the registry gives', async () => {
    expect(await identify('1.2.0')).toEqual({ name: 'web', version: '1.2.0', digest: sha256(WEB) });
    const [first, token, second] = registry.requests;
    expect(first).toEqual({ path: '/v2/charts/web/manifests/1.2.0', authorization: undefined });
    expect(token?.path).toBe('/token?service=test&scope=repository%3Acharts%2Fweb%3Apull');
    expect(second?.authorization).toMatch(/^Bearer /);
  });

  it('is had without a token where none is wanted', async () => {
    registry.wantsToken = false;
    expect(await identify('1.2.0')).toMatchObject({ digest: sha256(WEB) });
    expect(registry.requests).toHaveLength(2);
  });

  it('is the newest of a range, of all pages of tags; a `+` is a `_` there', async () => {
    expect(await identify('^1.0')).toEqual({
      name: 'web',
      version: '1.3.0+build.7',
      digest: sha256(NEWER),
    });
    expect(await identify('>=1.0, <1.3')).toMatchObject({ version: '1.2.0' });
    expect(await identify('1.3.0+build.7')).toMatchObject({ digest: sha256(NEWER) });
  });

  it('may be named by its whole address', async () => {
    const name = `${registry.url}/charts/web`;
    expect(await charts().identify({ name, version: '1.2.0' })).toMatchObject({ name: 'web' });
  });

  it('is rendered as any other', async () => {
    const chart = { repository: `${registry.url}/charts`, name: 'web', version: '1.2.0' };
    const { files } = await render({ chart }, { charts: charts() });
    expect([...files.keys()]).toEqual(['deployment.yaml', 'service.yaml']);
  });

  it('that is private is had with the credentials of its host', async () => {
    registry.credentials = 'robot:s3cret';
    const credentials = async (host: string) => (host === registry.host ? 'robot:s3cret' : undefined);
    expect(await identify('1.2.0', { credentials })).toMatchObject({ version: '1.2.0' });
    await expect(identify('1.2.0')).rejects.toMatchObject({
      code: 'chart-source-refused',
      message: expect.stringMatching(/\/token answers 401: it wants credentials/),
    });
  });

  it('may have its bytes elsewhere, where our token is not sent', async () => {
    await using elsewhere = await startOciRegistry();
    elsewhere.push('charts/web', '1.2.0', WEB);
    elsewhere.wantsToken = false;
    registry.blobsAt = `http://${elsewhere.host}`;
    expect(await identify('1.2.0')).toMatchObject({ digest: sha256(WEB) });
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe('a registry is refused', () => {
  it.each([
    ['has no such version', '9.0.0', 'chart-not-found'],
    ['has no version of a range', '^9.0', 'chart-not-found'],
    ['is asked for no version', 'x y', 'chart-version-invalid'],
  ])('when it %s', async (_what, version, code) => {
    await expect(identify(version)).rejects.toMatchObject({ code });
  });

  it('when what is there is no chart', async () => {
    registry.push('charts/image', '1.0.0', WEB, 'application/vnd.oci.image.layer.v1.tar+gzip');
    await expect(identify('1.0.0', {}, 'image')).rejects.toMatchObject({
      code: 'chart-source-refused',
      message: expect.stringContaining('is no chart'),
    });
  });

  it('when its bytes are not those of the digest', async () => {
    const elsewhere = await startChartServer();
    elsewhere.answer(`/v2/charts/web/blobs/sha256:${sha256(WEB)}`, (_, response) => response.end(NEWER));
    registry.blobsAt = elsewhere.url;
    await expect(identify('1.2.0')).rejects.toMatchObject({ code: 'chart-digest-mismatch' });
    await elsewhere.close();
  });

  it('when it sends us for a token, or for bytes, to where charts may not come from', async () => {
    const hosts = ['registry.example.com'];
    await expect(identify('1.2.0', { hosts })).rejects.toMatchObject({ code: 'chart-source-refused' });
    registry.wantsToken = false;
    registry.blobsAt = 'http://169.254.169.254';
    await expect(identify('1.2.0')).rejects.toMatchObject({
      code: 'chart-source-refused',
      message: expect.stringContaining('169.254.169.254'),
    });
  });

  it('when it is not https and not on this machine', async () => {
    const elsewhere = charts({ allowLoopback: false });
    const chart = { repository: `${registry.url}/charts`, name: 'web', version: '1.2.0' };
    await expect(elsewhere.identify(chart)).rejects.toMatchObject({ code: 'chart-source-refused' });
    expect(registry.requests).toEqual([]);
  });
});
