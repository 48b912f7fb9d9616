import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { makeKustomize } from '../../shared/adapters/helm/kubectl-kustomize.ts';
import { packChart } from '../../shared/manifest/archive/pack-chart.ts';
import type { ChartSource } from '../../shared/manifest/chart-source.ts';
import { manifestSchema } from '../../shared/manifest/manifest-schema.ts';
import { DEFAULT_RENDER } from '../../shared/manifest/render-settings.ts';
import { resolveManifest } from '../../shared/manifest/resolve-manifest.ts';
import { type KeptRender, type RenderOncePorts, renderOnce } from '../../shared/release/render-once.ts';

const run = promisify(execFile);
const CHART = join(import.meta.dirname, '../../local/sample/chart/webapp');
const VARIABLES = { IMAGE: 'registry.example.com/shop', TAG: '1.4.2' };

const MANIFEST = {
  app: 'shop',
  env: 'staging',
  namespace: 'team',
  chart: { repository: 'https://charts.example.com', name: 'webapp', version: '0.1.0' },
  values: { image: { repository: '{{ .IMAGE }}', tag: '{{ .TAG }}' }, replicas: 2 },
};
const RAW = `apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  tag: "{{ .TAG }}"
`;
const JSON_PATCH = {
  patch: '[{"op": "add", "path": "/metadata/annotations", "value": {"patched": "yes"}}]',
  target: { kind: 'Deployment', name: 'shop' },
};

/** One thing that is measured, over and over. */
export interface Case {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

export interface CaseOptions {
  readonly helm: string;
  readonly kubectl: string;
  readonly directory: string;
}

/** A release of each kind as the renderer makes it, its table aside, and the helm that it is held against. */
export async function makeCases({ helm, kubectl, directory }: CaseOptions): Promise<Case[]> {
  const archive = packChart(await readChart());
  const renders = new Map<string, KeptRender>();
  const ports: RenderOncePorts = {
    charts: chartAtHand(archive),
    helm: makeHelm({ path: helm, temporaryDirectory: directory }),
    kustomize: makeKustomize({ path: kubectl, temporaryDirectory: directory }),
    settings: DEFAULT_RENDER,
    bundles: { put: async (files) => digestOf(JSON.stringify([...files])), get: async () => new Map() },
    renders: { find: async () => undefined, put: async (key, render) => void renders.set(key, render) },
  };
  const remembering = {
    ...ports,
    renders: { ...ports.renders, find: async (key: string) => renders.get(key) },
  };
  const release = (fields: object, using: RenderOncePorts) => () =>
    renderOnce(resolveManifest(manifestSchema.parse({ ...MANIFEST, ...fields }), VARIABLES), using);
  return [
    { name: 'bare helm template', run: await bareHelm(helm, archive, directory) },
    { name: 'chart', run: release({}, ports) },
    { name: 'chart + patches', run: release({ json6902Patches: [JSON_PATCH] }, ports) },
    { name: 'raw manifests', run: release({ chart: undefined, manifests: RAW }, ports) },
    { name: 'chart, rendered before', run: release({}, remembering) },
  ];
}

/** As one would call it by hand: the same chart, values and flags, in the environment as it is. */
async function bareHelm(helm: string, archive: Uint8Array, directory: string): Promise<Case['run']> {
  const chart = join(directory, 'chart.tgz');
  const values = join(directory, 'values.json');
  await writeFile(chart, archive);
  const image = { repository: VARIABLES.IMAGE, tag: VARIABLES.TAG };
  await writeFile(values, JSON.stringify({ image, replicas: 2 }));
  const flags = [
    '--namespace',
    'team',
    '--kube-version',
    DEFAULT_RENDER.kubeVersion,
    '--no-hooks',
    '--skip-tests',
  ];
  return () => run(helm, ['template', 'shop', ...flags, '--values', values, chart]);
}

function chartAtHand(archive: Uint8Array): ChartSource {
  const digest = digestOf(archive);
  return {
    identify: async () => ({ name: 'webapp', version: '0.1.0', digest }),
    archive: async () => archive,
  };
}

async function readChart(): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(CHART, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.map(async (path) => [relative(CHART, path), await readFile(path)] as const);
  return new Map(await Promise.all(files));
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
