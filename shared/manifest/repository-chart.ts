import { UnprocessableError } from '../errors/errors.ts';
import type { RepositoryChart } from './chart-source.ts';
import type { ResolvedChart } from './resolved-manifest.ts';

const SUPPORTED =
  'give the https:// address of a chart repository, the name of a chart in it and its version';
const CHART_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const MAX_LENGTH = 200;

/**
 * Where a manifest's chart is to be fetched from.
 * @throws UnprocessableError `chart-source-unsupported`, `manifest-incomplete`.
 */
export function repositoryChart({ repository, name, version }: ResolvedChart): RepositoryChart {
  if (/^(?:\w+:|git@)|[/?]/.test(name))
    throw unsupported('chart.name', `'${name}' is not the name of a chart`);
  if (!CHART_NAME.test(name)) throw unsupported('chart.name', `'${name}' can't be the name of a chart`);
  if (!repository) throw incomplete('chart.repository', `is missing: ${SUPPORTED}`);
  if (!/^https?:\/\//.test(repository))
    throw unsupported('chart.repository', `'${repository}' is not supported`);
  if (!version)
    throw incomplete('chart.version', "is missing: give an exact version or a range such as '^1.2'");
  if (version.length > MAX_LENGTH) throw incomplete('chart.version', 'is too long for a version');
  return { repository, name, version };
}

function unsupported(path: string, problem: string): UnprocessableError {
  return refused('chart-source-unsupported', path, `${problem}: ${SUPPORTED}`);
}

function incomplete(path: string, problem: string): UnprocessableError {
  return refused('manifest-incomplete', path, problem);
}

function refused(code: string, path: string, message: string): UnprocessableError {
  return new UnprocessableError(code, `the manifest can't be released: ${path}: ${message}`, {
    errors: [{ path, message }],
  });
}
