import { UnprocessableError } from '../errors/errors.ts';
import type { ChartLocator } from './chart-source.ts';
import type { ResolvedChart } from './resolved-manifest.ts';

const SUPPORTED =
  'give the https:// or oci:// address of a chart repository, the name of a chart in it and its version, or a git address as name';
const CHART_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const MAX_LENGTH = 200;

/**
 * Where a manifest's chart is to be fetched from.
 * @throws UnprocessableError `chart-source-unsupported`, `manifest-incomplete`.
 */
export function chartLocator(chart: ResolvedChart): ChartLocator {
  if (/^https?:\/\/[^?#]+\.git\/?\?/.test(chart.name)) return gitChart(chart);
  const { repository, name } = /^oci:\/\//.test(chart.name) ? splitOci(chart.name) : chart;
  if (/^(?:\w+:|git@)|[/?]/.test(name))
    throw unsupported('chart.name', `'${name}' is not the name of a chart`);
  if (!CHART_NAME.test(name)) throw unsupported('chart.name', `'${name}' can't be the name of a chart`);
  if (!repository) throw incomplete('chart.repository', `is missing: ${SUPPORTED}`);
  if (!/^(?:https?|oci):\/\//.test(repository))
    throw unsupported('chart.repository', `'${repository}' is not supported`);
  const version = checkedVersion(chart.version, "give an exact version or a range such as '^1.2'");
  return { repository, name, version };
}

/** `oci://host/charts/web`, as helm takes it too. */
function splitOci(address: string): { readonly repository: string; readonly name: string } {
  const end = address.replace(/\/$/, '').lastIndexOf('/');
  return { repository: address.slice(0, end), name: address.slice(end + 1).replace(/\/$/, '') };
}

function checkedVersion(version: string | undefined, fix: string): string {
  if (!version) throw incomplete('chart.version', `is missing: ${fix}`);
  if (version.length > MAX_LENGTH) throw incomplete('chart.version', 'is too long for a version');
  return version;
}

const REFERENCES = ['sha', 'tag', 'branch'] as const;
const GIT_HELP =
  'write https://host/owner/repo.git?tag=v1.0.0&path=/charts/web, with one of sha, tag and branch';

function gitChart({ name: address, repository }: ResolvedChart): ChartLocator {
  if (repository) throw unsupported('chart.repository', 'a chart from git needs none: leave it out');
  const [url = '', query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query);
  const given = REFERENCES.filter((name) => parameters.get(name));
  const [kind] = given;
  const reference = parameters.get(kind ?? '') ?? '';
  const unknown = [...parameters.keys()].find((key) => key !== 'path' && key !== kind);
  if (kind === undefined || given.length > 1 || unknown !== undefined)
    throw unsupported('chart.name', `'${address}' does not say which version to take: ${GIT_HELP}`);
  if (kind === 'sha' ? !/^[0-9a-f]{40}$/.test(reference) : !isRefName(reference))
    throw unsupported(
      'chart.name',
      `'${reference}' can't be a ${kind}${kind === 'sha' ? ': give all 40 digits' : ''}`,
    );
  const path = (parameters.get('path') ?? '').split('/').filter((part) => part !== '' && part !== '.');
  if (path.some((part) => part === '..' || !/^[\w .@+-]{1,100}$/.test(part)))
    throw unsupported('chart.name', `'${path.join('/')}' can't be a folder of a chart`);
  return {
    repository: `git+${url.replace(/\/$/, '')}`,
    name: path.join('/') || '.',
    version: `${kind}=${reference}`,
  };
}

function isRefName(name: string): boolean {
  return /^[\w][\w./@+-]{0,190}$/.test(name) && !/\.\.|@\{|\/\/|\.lock$|[./]$/.test(name);
}

function unsupported(path: string, problem: string): UnprocessableError {
  const help = problem.includes(GIT_HELP) ? '' : `: ${SUPPORTED}`;
  return refused('chart-source-unsupported', path, `${problem}${help}`);
}

function incomplete(path: string, problem: string): UnprocessableError {
  return refused('manifest-incomplete', path, problem);
}

function refused(code: string, path: string, message: string): UnprocessableError {
  return new UnprocessableError(code, `the manifest can't be released: ${path}: ${message}`, {
    errors: [{ path, message }],
  });
}
