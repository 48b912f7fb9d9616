import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { call, listReleases } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

const CHART = join(import.meta.dirname, '../fixtures/charts/web');

let system: LocalSystem;
const folder = folderForTests();
beforeAll(async () => {
  system = await startTestSystem({ charts: [CHART] });
}, 60_000);
afterAll(() => system.close());

function fromChart(app: string, fields: object = {}) {
  const chart = { repository: system.chartRepoUrl, name: 'web', version: '1.2.0' };
  return manifest(app, 'staging', { manifests: undefined, chart, ...fields });
}

function artifact(id: string, environments: object[]) {
  return artifactDocument({ id, environments });
}

const check = (document: object) => call(system, '/api/artifact?check=true', { body: document });

describe('an artifact that is checked when it is pushed', () => {
  it('is accepted when its manifests can be rendered', async () => {
    const { status } = await check(artifact('good', [fromChart('good', { values: { replicas: 2 } })]));
    expect(status).toBe(201);
    const releases = () => listReleases(system, 'env=staging&app=good');
    await expect.poll(async () => (await releases())[0]?.state, { timeout: 20_000 }).toBe('released');
  });

  it('is refused with each manifest and field that is wrong, and is not stored', async () => {
    const { status, body } = await check(
      artifact('bad', [
        fromChart('fine'),
        fromChart('typed', { values: { replicas: 'two' } }),
        fromChart('failing', { values: { fail: 'set a host' } }),
        fromChart('versionless', {
          chart: { repository: system.chartRepoUrl, name: 'web', version: '9.9.9' },
        }),
        manifest('secret', 'staging', {
          manifests: 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}',
        }),
        { app: 'incomplete', env: 'staging', namespace: 'team' },
      ]),
    );
    expect({ status, body }).toMatchObject({
      status: 422,
      body: {
        code: 'check-failed',
        errors: [
          { path: 'environments[1].values.replicas', message: expect.stringContaining('want integer') },
          { path: 'environments[2]', message: expect.stringContaining('set a host') },
          { path: 'environments[3]', message: expect.stringContaining("no version '9.9.9' of 'web'") },
          { path: 'environments[4], manifest.yaml, document 1, data' },
          { path: 'environments[5].chart' },
        ],
      },
    });
    expect((await call(system, '/api/artifacts/bad')).status).toBe(404);
  });

  it('may lack variables, as it may be for another event', async () => {
    const tagged = fromChart('tagged', { values: { image: { tag: '{{ .TAG }}' }, replicas: 'two' } });
    expect((await check(artifact('partial', [tagged]))).status).toBe(201);
  });

  it('is only looked at when that is asked for', async () => {
    const broken = artifact('unchecked', [fromChart('x', { values: { replicas: 'two' } })]);
    expect((await call(system, '/api/artifact?check=maybe', { body: broken })).status).toBe(400);
    expect((await call(system, '/api/artifact', { body: broken })).status).toBe(201);
  });

  it('fails its CI job with the field, by gimlet artifact push --check', async () => {
    const file = join(folder, 'artifact.json');
    await writeFile(file, JSON.stringify(artifact('cli', [fromChart('y', { values: { replicas: 'two' } })])));
    const env = { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken };
    const run = await gimlet(['artifact', 'push', '-f', file, '--check'], { env });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('environments[0].values.replicas: is not what the chart takes');
  });
});
