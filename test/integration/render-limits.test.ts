import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import type { ProcessLimits } from '../../shared/adapters/helm/bounded-process.ts';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { packChart } from '../support/chart-archive.ts';
import { folderForTest } from '../support/test-folder.ts';

const CHART_YAML = 'apiVersion: v2\nname: hostile\nversion: 1.0.0\n';

let directory: string;
beforeEach(() => {
  directory = folderForTest();
});
afterEach(async () => {
  // Whatever happened in it, nothing is left behind.
  expect(await readdir(directory)).toEqual([]);
});

async function renderHostile(template: string, limits: Partial<ProcessLimits> = {}, helpers = '') {
  const helm = makeHelm({ path: await ensureHelm(), temporaryDirectory: directory, limits });
  return helm.template({
    release: 'hostile',
    namespace: 'default',
    archive: packChart('hostile', {
      'Chart.yaml': CHART_YAML,
      'templates/_helpers.tpl': helpers,
      'templates/hostile.yaml': template,
    }),
    values: {},
    kubeVersion: '1.33.0',
    apiVersions: [],
  });
}

describe('a chart that does not behave', () => {
  it('is ended when it takes too long', async () => {
    const endless =
      '{{ range $i, $a := until 5000 }}{{ range until 5000 }}{{ range until 5000 }}{{ end }}{{ end }}{{ end }}';
    await expect(renderHostile(endless, { wallSeconds: 1 })).rejects.toMatchObject({
      code: 'render-limit',
      message: expect.stringContaining('1 seconds'),
    });
  });

  it('is ended when it takes too much CPU time', async () => {
    const endless =
      '{{ range $i, $a := until 5000 }}{{ range until 5000 }}{{ range until 5000 }}{{ end }}{{ end }}{{ end }}';
    await expect(renderHostile(endless, { cpuSeconds: 1 })).rejects.toMatchObject({
      code: 'render-limit',
      message: expect.stringContaining('1 seconds of CPU time'),
    });
  });

  it.each([
    ['a range over a thousand million', '{{ range until 1000000000 }}x{{ end }}'],
    ['a text of two gigabytes', '{{ repeat 2000000000 "x" }}'],
    ['a text that doubles', '{{ $x := "xxxxxxxx" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}'],
  ])('is ended when it wants too much memory: %s', async (_what, template) => {
    await expect(renderHostile(template)).rejects.toMatchObject({
      code: 'render-limit',
      message: expect.stringMatching(/1500 MB of memory|10 seconds/),
    });
  });

  it('is ended when it writes 300 MB, by whichever limit comes first', async () => {
    await expect(
      renderHostile('a: {{ range until 5000 }}{{ repeat 60000 "x" }}{{ end }}'),
    ).rejects.toMatchObject({
      code: 'render-limit',
      message: expect.stringMatching(/5000000 bytes of output|1500 MB of memory|10 seconds/),
    });
  });

  it('is ended when it writes too much', async () => {
    const long = 'a: {{ repeat 6000000 "x" }}';
    await expect(renderHostile(long)).rejects.toMatchObject({
      code: 'render-limit',
      message: expect.stringContaining('5000000 bytes of output'),
    });
  });

  it('is refused when it calls itself for ever', async () => {
    const recursive = '{{ define "again" }}{{ include "again" . }}{{ end }}';
    await expect(renderHostile('{{ include "again" . }}', {}, recursive)).rejects.toMatchObject({
      code: expect.stringMatching(/^render-(failed|limit)$/),
    });
    await expect(
      renderHostile(`{{ tpl "{{ tpl .t . }}" (dict "t" "{{ tpl .t . }}" "Template" .Template) }}`),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^render-(failed|limit)$/),
    });
  });

  it('finds no variable, no network name and no file of ours', async () => {
    process.env['SECRET_FOR_TEST'] = 'canary';
    const curious = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: x}',
      'data:',
      '  host: {{ getHostByName "localhost" | quote }}',
      '  file: {{ .Files.Get "/etc/hostname" | quote }}',
      '  up: {{ .Files.Get "../../values.json" | quote }}',
    ].join('\n');
    const output = await renderHostile(curious);
    expect(output).toContain('host: ""');
    expect(output).toContain('file: ""');
    expect(output).toContain('up: ""');
    await expect(renderHostile('a: {{ env "SECRET_FOR_TEST" }}')).rejects.toMatchObject({
      code: 'render-failed',
    });
  });
});

it('says that helm is not where it should be, as a fault of ours', async () => {
  const helm = makeHelm({ path: '/nowhere/helm', temporaryDirectory: directory });
  await expect(helm.version()).rejects.toThrow('/nowhere/helm');
});
