import { describe, expect, it } from 'vitest';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { makeKustomize } from '../../shared/adapters/helm/kubectl-kustomize.ts';
import type { Releases } from '../../shared/release/ports.ts';
import { newRelease, type Release } from '../../shared/release/release.ts';
import { renderMark } from '../../shared/release/release-marks.ts';
import { type RenderReleasePorts, renderRelease } from '../../shared/release/render-release.ts';
import { packFixtureChart } from '../support/chart-archive.ts';
import { chartAtHand, SOME_CHART } from '../support/rendering.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, RESEND, type Stores } from '../support/stores.ts';
import { overriding } from '../support/writer.ts';

let stores: Stores;
storesForTests((given) => {
  stores = given.stores;
});

/** A renderer that has just started, whose runs of helm and kustomize are counted. */
async function startRenderer(overrides: Partial<RenderReleasePorts> = {}) {
  const runs: string[] = [];
  const helm = makeHelm({ path: await ensureHelm() });
  const kustomize = makeKustomize({ path: await ensureKubectl() });
  const counted = (program: string, run: () => Promise<string>) => {
    runs.push(program);
    return run();
  };
  const ports: RenderReleasePorts = {
    ...stores,
    charts: chartAtHand(packFixtureChart('web')),
    helm: overriding(helm, { template: (request) => counted('helm', () => helm.template(request)) }),
    kustomize: overriding(kustomize, {
      patch: (request) => counted('kustomize', () => kustomize.patch(request)),
    }),
    clock: Date.now,
    ...overrides,
  };
  return { runs, render: ({ id }: Release) => renderRelease(ports, { releaseId: id }) };
}

let made = 0;

/** A queued release of a new artifact of the app. */
async function queued(app: string, fields: object): Promise<Release> {
  made += 1;
  const artifact = await accept(
    stores,
    artifactDocument({
      id: `artifact-${made}`,
      context: { TAG: 'v1', BRANCH: 'feature/x' },
      environments: [manifest(app, 'staging', { manifests: undefined, ...fields })],
    }),
  );
  const release = newRelease(
    {
      id: `rel-${made}`,
      change: { kind: 'deploy' },
      app,
      env: 'staging',
      artifactId: artifact.id,
      manifestIndex: 0,
      version: artifact.version,
      cause: 'arrival',
      automatic: true,
      triggeredBy: 'policy',
      reason: 'released: event push matches push',
      order: made,
      location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
    },
    Date.now(),
  );
  await stores.releases.create(release, renderMark(release, 1, Date.now(), RESEND));
  return release;
}

const PATCHED = {
  chart: SOME_CHART,
  values: { image: { tag: '{{ .TAG }}' } },
  json6902Patches: [
    {
      patch: '[{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]',
      target: { kind: 'Deployment', name: 'shop' },
    },
  ],
};

describe('a release', () => {
  it('is ready with its files and the chart they came from', async () => {
    const { render, runs } = await startRenderer();
    const ready = await render(await queued('shop', PATCHED));
    expect(ready).toMatchObject({ state: 'ready', chart: { name: 'web', version: '1.2.0' } });
    const files = await stores.bundles.get(ready?.bundle ?? '');
    expect([...files.keys()]).toEqual(['manifest.yaml']);
    expect(files.get('manifest.yaml')).toContain('image: nginx:v1');
    expect(ready?.bundleBytes).toBe(Buffer.byteLength(files.get('manifest.yaml') ?? ''));
    expect(runs).toEqual(['helm', 'kustomize']);
  });

  it('of what was rendered before runs no helm, in a renderer that has just started too', async () => {
    const before = await (await startRenderer()).render(await queued('shop', PATCHED));
    const { render, runs } = await startRenderer();
    const again = await render(await queued('shop', PATCHED));
    expect(runs).toEqual([]);
    expect(again).toMatchObject({
      state: 'ready',
      bundle: before?.bundle,
      bundleBytes: before?.bundleBytes,
      chart: before?.chart,
    });
  });

  it('that is tried again after a crash runs no helm', async () => {
    const release = await queued('crash', { chart: SOME_CHART });
    const dying = await startRenderer({
      releases: overriding<Releases>(stores.releases, {
        move: async (of, change, mark) => {
          if (change.state === 'ready') throw new Error('the function was ended');
          return stores.releases.move(of, change, mark);
        },
      }),
    });
    await expect(dying.render(release)).rejects.toThrow('the function was ended');
    expect(dying.runs).toEqual(['helm']);
    const { render, runs } = await startRenderer();
    expect(await render(release)).toMatchObject({ state: 'ready', attempts: 2 });
    expect(runs).toEqual([]);
  });

  it('is rendered anew when a value, the chart or the environment’s settings are others', async () => {
    const fields = { chart: SOME_CHART, values: { replicas: 1 } };
    await (await startRenderer()).render(await queued('other', fields));
    const withValue = await startRenderer();
    await withValue.render(await queued('other', { ...fields, values: { replicas: 2 } }));
    const changed = packFixtureChart('web', { 'values.yaml': 'replicas: 7\n' });
    const withChart = await startRenderer({ charts: chartAtHand(changed) });
    await withChart.render(await queued('other', fields));
    const environments = { staging: { kubeVersion: '1.30.0' } };
    const withSettings = await startRenderer({ settings: { ...stores.settings, environments } });
    await withSettings.render(await queued('other', fields));
    expect([withValue.runs, withChart.runs, withSettings.runs]).toEqual([['helm'], ['helm'], ['helm']]);
  });

  it('that can not be rendered fails with the words of helm, and is not kept', async () => {
    const fields = { chart: SOME_CHART, values: { fail: 'set a host' } };
    for (let time = 0; time < 2; time += 1) {
      const { render, runs } = await startRenderer();
      expect(await render(await queued('fails', fields))).toMatchObject({
        state: 'failed',
        errorCode: 'render-failed',
        outcomeReason: expect.stringContaining('set a host'),
      });
      expect(runs).toEqual(['helm']);
    }
  });

  it('of a preview is that of its branch', async () => {
    const { render } = await startRenderer();
    const ready = await render(await queued('web-preview', { chart: SOME_CHART, preview: true }));
    const files = await stores.bundles.get(ready?.bundle ?? '');
    expect(files.get('deployment.yaml')).toContain('name: web-feature-x');
  });

  it('of raw manifests alone asks no program for its version', async () => {
    const asked = async (): Promise<string> => {
      throw new Error('nobody is asked');
    };
    const { render } = await startRenderer({
      helm: { template: asked, version: asked },
      kustomize: { patch: asked, version: asked },
    });
    const manifests = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\n';
    expect(await render(await queued('raw', { manifests }))).toMatchObject({ state: 'ready' });
  });
});
