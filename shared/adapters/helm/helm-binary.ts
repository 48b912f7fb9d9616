import type { Helm, HelmTemplateRequest } from '../../manifest/helm.ts';
import { BoundedTool, type BoundedToolOptions } from './bounded-tool.ts';

/**
 * The real helm, 4 or later, in a process that has nothing: no variable of ours, no network flag, no time to spare.
 */
export function makeHelm(options: BoundedToolOptions): Helm {
  const helm = new BoundedTool('the chart could not be rendered', options);
  return {
    template: (request) =>
      helm.run({
        args: templateArguments(request),
        files: { 'chart.tgz': request.archive, 'values.json': valuesJson(request.values) },
      }),
    version: () => helm.version(['version', '--template', '{{ .Version }}']),
  };
}

function templateArguments(request: HelmTemplateRequest): string[] {
  const { release, namespace, kubeVersion, apiVersions } = request;
  return [
    'template',
    release,
    ...['--namespace', namespace],
    ...['--kube-version', kubeVersion],
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...['--values', 'values.json'],
    '--no-hooks',
    '--skip-tests',
    '--',
    'chart.tgz',
  ];
}

/** What JSON may have as it is, but YAML 1.1 takes for a line break or does not allow. */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function valuesJson(values: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(values, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return json.replaceAll(UNREADABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
