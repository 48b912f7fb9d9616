import { parse } from 'yaml';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { packChart } from './chart-archive.ts';

/** A chart that gives each of its templates to `tpl` and writes down what came out. */
const WRAPPER = packChart('oracle', {
  'Chart.yaml': 'apiVersion: v2\nname: oracle\nversion: 1.0.0\n',
  'templates/results.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: results
data:
{{- range $index, $template := .Values.templates }}
  {{ printf "r%d" $index }}: {{ tpl $template $.Values.data | b64enc | quote }}
{{- end }}
`,
});

/** What helm's own `tpl` makes of each template, all in one process. Fails when any of them fails. */
export async function helmTpl(
  templates: readonly string[],
  data: Readonly<Record<string, string>>,
): Promise<string[]> {
  const helm = makeHelm({ path: await ensureHelm() });
  const output = await helm.template({
    release: 'oracle',
    namespace: 'default',
    archive: WRAPPER,
    values: { templates, data },
    kubeVersion: '1.33.0',
    apiVersions: [],
  });
  const results = parse(output) as { readonly data: Readonly<Record<string, string>> };
  return templates.map((_, index) => Buffer.from(results.data[`r${index}`] ?? '', 'base64').toString());
}
