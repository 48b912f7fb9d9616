import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UnprocessableError } from '../../shared/errors/errors.ts';
import { packChart, packFixtureChart } from '../support/chart-archive.ts';
import { sha256 } from '../support/chart-server.ts';
import { chartAtHand, render, SOME_CHART } from '../support/rendering.ts';

const WEB = packFixtureChart('web');

function renderWeb(values: object, settings = {}, fields: object = {}, variables = {}) {
  return render({ chart: SOME_CHART, values, ...fields }, { charts: chartAtHand(WEB), settings, variables });
}

function chartOf(files: Readonly<Record<string, string>>) {
  return packChart('web', { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.0\n', ...files });
}

async function refusal(rendering: Promise<unknown>) {
  const error = await rendering.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UnprocessableError);
  const { code, message, errors } = error as UnprocessableError;
  return { code, message, paths: errors.map(({ path }) => path) };
}

describe('a manifest with a chart', () => {
  it('becomes one file for each template, with hooks, tests and empty templates left out', async () => {
    const { files, chart } = await renderWeb({ config: { a: 'b' } });
    expect([...files.keys()]).toEqual(['config.yaml', 'deployment.yaml', 'service.yaml']);
    expect(chart).toEqual({ name: 'web', version: '1.2.0', digest: sha256(WEB) });
    for (const text of files.values()) {
      expect(text).toMatch(/^---\n# Source: web\/templates\//);
      expect(text).toMatch(/[^\s]\n$/);
    }
    expect(files.get('service.yaml')?.match(/^---$/gm)).toHaveLength(2);
  });

  it("keeps helm's text as it is", async () => {
    const { files } = await renderWeb({ image: { tag: '1.0' } });
    expect(files.get('deployment.yaml')).toContain('- { name: "MODE", value: "0777" }');
    expect(files.get('deployment.yaml')).toContain('image: "nginx:1.0"');
  });

  it('comes out the same, byte for byte, each time', async () => {
    const values = { config: { z: 'é世', a: '1' }, cache: { enabled: true }, host: 'x.example.com' };
    const [one, other] = await Promise.all([renderWeb(values), renderWeb(values)]);
    expect([...one.files]).toEqual([...other.files]);
  });

  it("puts the subchart's name before a file of a name that there is twice", async () => {
    const { files } = await renderWeb({ cache: { enabled: true } });
    expect([...files.keys()]).toEqual(['cache-service.yaml', 'deployment.yaml', 'service.yaml']);
  });

  it('gives every value to the chart as it was, whatever is in it', async () => {
    const texts = ['"quoted" {{ .Values }} # : -\n\ttab', '\u0085\u007f\ufeff\u2028\0', '🦊', 'yes', '0777'];
    const template = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: texts}',
      'data: {texts: {{ .Values.texts | toJson | b64enc }}}',
    ].join('\n');
    const charts = chartAtHand(chartOf({ 'templates/texts.yaml': template }));
    const values = { texts: [...texts.map((_, index) => `{{ .TEXT${index} }}`), 'lone \ud800'] };
    const variables = Object.fromEntries(texts.map((text, index) => [`TEXT${index}`, text]));
    const { files } = await render({ chart: SOME_CHART, values }, { charts, variables });
    const { data } = parse(files.get('texts.yaml') ?? '') as { readonly data: { readonly texts: string } };
    expect(JSON.parse(Buffer.from(data.texts, 'base64').toString())).toEqual([...texts, 'lone \ufffd']);
  });

  it("is rendered for the environment's Kubernetes and its API versions", async () => {
    const settings = { kubeVersion: '1.29.3', apiVersions: ['example.com/v1'] };
    const { files } = await renderWeb({ host: 'x.example.com' }, settings);
    expect(files.get('ingress.yaml')).toContain('kubernetes: v1.29.3');
    expect(files.get('ingress.yaml')).toContain('apiVersion: example.com/v1');
  });

  it('has its raw manifests beside the files of the chart', async () => {
    const manifests = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\ndata: {on: "yes"}\n\n\n';
    const { files } = await renderWeb({}, {}, { manifests });
    expect([...files.keys()]).toEqual(['deployment.yaml', 'manifest.yaml', 'service.yaml']);
    expect(files.get('manifest.yaml')).toBe(`---\n${manifests.trimEnd()}\n`);
  });
});

describe('a manifest that is refused', () => {
  it("tells helm's words without our paths when the chart fails", async () => {
    const { code, message } = await refusal(renderWeb({ fail: 'set a host' }));
    expect(code).toBe('render-failed');
    expect(message).toContain('web/templates/deployment.yaml:1:');
    expect(message).toContain('set a host');
    expect(message).not.toMatch(/\/tmp|helm-\w{6}|--debug/);
  });

  it("names the value that the chart's schema does not allow", async () => {
    const { code, message, paths } = await refusal(renderWeb({ replicas: 'two', image: { tag: 7 } }));
    expect({ code, paths }).toEqual({
      code: 'values-invalid',
      paths: ['values.image.tag', 'values.replicas'],
    });
    expect(message).toContain('values.replicas: is not what the chart takes: got string, want integer');
    expect(message).not.toContain('/tmp');
  });

  it('says that a file is no chart', async () => {
    const { code, message } = await refusal(
      render({ chart: SOME_CHART }, { charts: chartAtHand(Buffer.from('no chart')) }),
    );
    expect(code).toBe('render-failed');
    expect(message).not.toContain('/tmp');
  });

  it.each([
    [
      'belongs to the whole cluster',
      { clusterRole: true },
      'rbac.yaml, document 1, kind',
      { allowClusterScoped: true },
    ],
    [
      'goes to another namespace',
      { config: { a: 'b' }, otherNamespace: 'kube-system' },
      'config.yaml, document 1, metadata.namespace',
      { allowOtherNamespaces: true },
    ],
    [
      'is a secret in plain text',
      { secret: { a: 'b' } },
      'secret.yaml, document 1, data',
      { allowPlainSecrets: true },
    ],
  ])('holds an object that %s, unless the environment allows it', async (_what, values, path, allowed) => {
    expect(await refusal(renderWeb(values))).toMatchObject({ code: 'render-refused', paths: [path] });
    await expect(renderWeb(values, allowed)).resolves.toBeDefined();
  });

  it('names an object that the raw manifests and the chart both have', async () => {
    const manifests = 'apiVersion: v1\nkind: Service\nmetadata: {name: myapp}';
    expect(await refusal(renderWeb({}, {}, { manifests }))).toMatchObject({
      code: 'render-refused',
      paths: ['manifest.yaml, document 1, metadata.name'],
    });
  });

  it('names file, document and field of what is no Kubernetes object', async () => {
    const archive = chartOf({ 'templates/a.yaml': 'kind: X\nmetadata:\n  labels: {}\n---\nkind: [1\n' });
    const { code } = await refusal(render({ chart: SOME_CHART }, { charts: chartAtHand(archive) }));
    expect(code).toBe('render-failed');
    const manifests = 'apiVersion: v1\nkind: X\n---\n- a\n---\nmetadata: {name: on}\n---\na: [';
    expect((await refusal(render({ manifests }))).paths).toEqual([
      'manifest.yaml, document 1, metadata.name',
      'manifest.yaml, document 2',
      'manifest.yaml, document 3, apiVersion',
      'manifest.yaml, document 3, kind',
      'manifest.yaml, document 3, metadata.name',
      'manifest.yaml, document 4',
    ]);
  });

  it('hides objects in a list', async () => {
    const hidden = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'admin' },
    };
    const list = { apiVersion: 'v1', kind: 'List', metadata: { name: 'x' }, items: [hidden] };
    expect(await refusal(render({ manifests: JSON.stringify(list) }))).toMatchObject({
      code: 'render-refused',
      paths: ['manifest.yaml, document 1, items'],
    });
  });

  it('writes the line by which helm tells templates apart itself', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {a: b}\n';
    const archive = chartOf({
      'templates/a.yaml': `# a\n---\n---\n# Source: web/../../release.json\n${secret}`,
    });
    const { code, paths } = await refusal(render({ chart: SOME_CHART }, { charts: chartAtHand(archive) }));
    expect(code).toBe('render-refused');
    expect(paths).toEqual(['release.json.yaml, document 1, data']);
  });

  it('comes to nothing at all', async () => {
    const archive = chartOf({ 'templates/a.yaml': '# nothing\n' });
    expect(await refusal(render({ chart: SOME_CHART }, { charts: chartAtHand(archive) }))).toMatchObject({
      code: 'render-empty',
    });
  });

  it.each([
    ['ftp://example.com/charts', 'web', '1.0.0', 'chart-source-unsupported', 'chart.repository'],
    ['', 'https://git.example.com/o/r.git?path=/chart/', '', 'chart-source-unsupported', 'chart.name'],
    ['https://charts.example.com', '../web', '1.0.0', 'chart-source-unsupported', 'chart.name'],
    ['', 'web', '1.0.0', 'manifest-incomplete', 'chart.repository'],
    ['https://charts.example.com', 'web', '', 'manifest-incomplete', 'chart.version'],
  ])('has its chart at %j %j %j', async (repository, name, version, code, path) => {
    expect(await refusal(render({ chart: { repository, name, version } }))).toMatchObject({
      code,
      paths: [path],
    });
  });
});
