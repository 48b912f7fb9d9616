import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import type { ProcessLimits } from '../../shared/adapters/helm/bounded-process.ts';
import { makeKustomize } from '../../shared/adapters/helm/kubectl-kustomize.ts';
import { packFixtureChart } from '../support/chart-archive.ts';
import { chartAtHand, render, SOME_CHART } from '../support/rendering.ts';
import { folderForTest } from '../support/test-folder.ts';

const charts = chartAtHand(packFixtureChart('web'));
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\ndata: {a: "1"}\n';
const MERGE = `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: myapp
  namespace: my-team
spec:
  template:
    spec:
      volumes:
        - name: share
          emptyDir: {}
---
`;

function onDeployment(patch: string, target: object = {}) {
  return [{ patch, target: { group: 'apps', version: 'v1', kind: 'Deployment', name: 'myapp', ...target } }];
}

async function renderOne(fields: object, settings = {}) {
  const { files } = await render(fields, { charts, settings });
  expect([...files.keys()]).toEqual(['manifest.yaml']);
  const text = files.get('manifest.yaml') ?? '';
  const objects = parseAllDocuments(text, { version: '1.1' }).map((one) => one.toJS());
  return { text, objects: objects as Record<string, never>[] };
}

let temporaryDirectory: string;
beforeEach(() => {
  temporaryDirectory = folderForTest();
});
// Whatever happened in it, nothing is left behind.
afterEach(async () => expect(await readdir(temporaryDirectory)).toEqual([]));

async function limitedKustomize(limits: Partial<ProcessLimits>) {
  return makeKustomize({ path: await ensureKubectl(), limits, temporaryDirectory });
}

describe('a manifest with patches', () => {
  it('becomes one file, in the order of its chart, with strategic merge patches applied', async () => {
    const { text, objects } = await renderOne({ chart: SOME_CHART, strategicMergePatches: MERGE });
    expect(text).toMatch(/^---\napiVersion: .*[^\n]\n$/s);
    expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'Service', 'Deployment']);
    expect(objects[2]).toMatchObject({
      spec: { template: { spec: { volumes: [{ name: 'share', emptyDir: {} }], containers: [{}] } } },
    });
  });

  it('has JSON patches applied after them, to exactly the object they name', async () => {
    const patch = '---\n- op: replace\n  path: /spec/template/spec/volumes/0/name\n  value: "on"\n';
    const { objects } = await renderOne({
      chart: SOME_CHART,
      strategicMergePatches: MERGE,
      json6902Patches: onDeployment(patch),
    });
    expect(objects[2]).toMatchObject({ spec: { template: { spec: { volumes: [{ name: 'on' }] } } } });
  });

  it('has its raw manifests patched, alone and beside a chart', async () => {
    const patches = {
      manifests: CONFIG,
      strategicMergePatches: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\ndata: {b: "22:30"}',
    };
    const alone = await renderOne(patches);
    expect(alone.objects).toMatchObject([{ data: { a: '1', b: '22:30' } }]);
    const beside = await renderOne({ chart: SOME_CHART, ...patches });
    expect(beside.objects.map(({ kind }) => kind)).toEqual(['Service', 'Service', 'Deployment', 'ConfigMap']);
  });

  it('keeps texts that a YAML 1.1 reader would take for something else', async () => {
    const data = { a: 'no', b: '0777', c: '22:30', d: '1e3', e: '~', f: 'a: b\n# c\n', g: '{{ x }}' };
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'raw' }, data };
    const json6902Patches = [
      {
        patch: '[{"op": "add", "path": "/data/h", "value": "yes"}]',
        target: { kind: 'ConfigMap', name: 'raw' },
      },
    ];
    // `{{ x }}` is a template of ours: written as one that says itself.
    const manifests = JSON.stringify(config).replace('{{ x }}', '{{ `{{ x }}` }}');
    const { objects } = await renderOne({ manifests, json6902Patches });
    expect(objects[0]).toMatchObject({ data: { ...data, h: 'yes' } });
  });

  it('comes out the same, byte for byte, each time', async () => {
    const fields = { chart: SOME_CHART, manifests: CONFIG, strategicMergePatches: MERGE };
    const [one, other] = await Promise.all([renderOne(fields), renderOne(fields)]);
    expect(one.text).toBe(other.text);
  });

  it('takes a dot in a name for a dot', async () => {
    const both = `${CONFIG.replace('raw', 'a.b')}---\n${CONFIG.replace('raw', 'axb')}`;
    const patch = '[{"op": "replace", "path": "/data/a", "value": "2"}]';
    const { objects } = await renderOne({
      manifests: both,
      json6902Patches: [{ patch, target: { kind: 'ConfigMap', name: 'a.b' } }],
    });
    expect(objects.map(({ data }) => data)).toEqual([{ a: '2' }, { a: '1' }]);
  });
});

describe('patches are refused', () => {
  it.each([
    [
      'no object has the name of a JSON patch',
      { json6902Patches: onDeployment('[{"op": "remove", "path": "/spec"}]', { name: 'my.*' }) },
      'json6902Patches[0].target',
      "there is no Deployment of apps/v1 'my.*' to patch; there are Service 'myapp', Service 'myapp-metrics'",
    ],
    [
      'the object has another API version',
      { json6902Patches: onDeployment('[{"op": "remove", "path": "/spec"}]', { version: 'v2' }) },
      'json6902Patches[0].target',
      'there is no Deployment of apps/v2',
    ],
    [
      'a JSON patch is no list of operations',
      { json6902Patches: onDeployment('metadata: {labels: {a: b}}') },
      'json6902Patches[0].patch',
      'must be one list of operations',
    ],
    [
      'no object is what a merge patch names',
      { strategicMergePatches: MERGE.replace('name: myapp', 'name: another') },
      'strategicMergePatches, document 1',
      "there is no Deployment of apps/v1 'another' to patch; there are Service 'myapp'",
    ],
    [
      'a merge patch leaves the namespace out',
      { strategicMergePatches: MERGE.replace('  namespace: my-team\n', '') },
      'strategicMergePatches, document 1, metadata.namespace',
      "is not the namespace of the Deployment 'myapp' that is rendered: write 'my-team'",
    ],
    [
      'a merge patch does not say what it patches',
      { strategicMergePatches: `${MERGE}kind: Service\n` },
      'strategicMergePatches, document 2, metadata.name',
      'it says which object is patched',
    ],
    [
      'a merge patch is not YAML',
      { strategicMergePatches: 'a: [' },
      'strategicMergePatches, document 1',
      'is not YAML',
    ],
  ])('when %s', async (_when, patches, path, message) => {
    const refused = render({ chart: SOME_CHART, ...patches }, { charts });
    await expect(refused).rejects.toMatchObject({ code: 'patches-invalid', message: expect.any(String) });
    const error = (await refused.catch((reason: unknown) => reason)) as { errors: object[] };
    expect(error.errors).toContainEqual({ path, message: expect.stringContaining(message) });
  });

  it('when a merge patch can not be merged, in the words of kustomize', async () => {
    const strategicMergePatches = `${CONFIG}---\n${CONFIG.replace('{a: "1"}', '[a]')}`;
    await expect(render({ manifests: CONFIG, strategicMergePatches })).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringMatching(/^the patches could not be applied: .*wrong node kind/s),
    });
  });

  it('when what they make may not be released', async () => {
    const strategicMergePatches = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\n$patch: delete\n';
    await expect(render({ manifests: CONFIG, strategicMergePatches })).rejects.toMatchObject({
      code: 'render-empty',
    });
    const json6902Patches = [
      {
        patch: '[{"op": "add", "path": "/metadata/namespace", "value": "kube-system"}]',
        target: { kind: 'ConfigMap', name: 'raw' },
      },
    ];
    await expect(render({ manifests: CONFIG, json6902Patches })).rejects.toMatchObject({
      code: 'render-refused',
      errors: [{ path: 'manifest.yaml, document 1, metadata.namespace' }],
    });
  });

  it('when an object is there twice, naming where', async () => {
    const strategicMergePatches = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\n';
    await expect(
      render({ manifests: `${CONFIG}---\n${CONFIG}`, strategicMergePatches }),
    ).rejects.toMatchObject({
      code: 'render-refused',
      errors: [{ path: 'manifest.yaml, document 2, metadata.name' }],
    });
  });

  it('when they read a file or an address', async () => {
    const curious = `- op: add\n  path: /data/b\n  value: x\n---\nresources: ["https://example.com/x"]\n`;
    const json6902Patches = [{ patch: curious, target: { kind: 'ConfigMap', name: 'raw' } }];
    await expect(render({ manifests: CONFIG, json6902Patches })).rejects.toMatchObject({
      code: 'patches-invalid',
    });
  });

  it.each([
    ['time', { wallSeconds: 0.01 }, '0.01 seconds'],
    ['output', { outputBytes: 100 }, '100 bytes of output'],
    ['memory', { memoryKb: 200_000 }, '200 MB of memory'],
  ])('when they need too much %s', async (_what, limits, named) => {
    const kustomize = await limitedKustomize(limits);
    const files = [{ name: 'config.yaml', text: CONFIG }];
    const strategicMergePatches = CONFIG.replace('"1"', `"${'x'.repeat(1000)}"`);
    await expect(kustomize.patch({ files, strategicMergePatches })).rejects.toMatchObject({
      code: 'render-limit',
      message: `the patches could not be applied within ${named}`,
    });
  });
});

it('a Kustomization among the objects is an object like others, and builds nothing', async () => {
  const kustomization = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
  const manifests = `${CONFIG}---\n${kustomization}metadata: {name: x}\nresources: [../../../etc/hostname]\n`;
  const strategicMergePatches = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\ndata: {b: c}\n';
  const { files } = await render({ manifests, strategicMergePatches });
  const [, second] = (files.get('manifest.yaml') ?? '').split('\n---\n');
  expect(parse(second ?? '')).toMatchObject({ resources: ['../../../etc/hostname'] });
});
