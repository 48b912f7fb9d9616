import { stringify } from 'yaml';
import { manifestProblems } from '../../shared/contract/artifact-document.ts';
import { UsageError } from '../cli-error.ts';
import { readValues } from './values-file.ts';

export interface ManifestFlags {
  readonly file?: string;
  readonly app: string;
  readonly env: string;
  readonly namespace: string;
  readonly chart: string;
  readonly repository?: string;
  readonly chartVersion?: string;
  readonly output?: string;
  readonly json?: true;
}

/**
 * Begins an environment file.
 * @throws UsageError that names the flags that are wrong; CliError when the values can't be read
 */
export async function beginManifest(
  flags: ManifestFlags,
): Promise<{ readonly manifest: Record<string, unknown>; readonly text: string }> {
  const values = flags.file === undefined ? {} : await readValues(flags.file);
  const manifest = newManifest(flags, values);
  return { manifest, text: stringify(manifest, { compat: 'yaml-1.1' }) };
}

function newManifest(
  flags: ManifestFlags,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { app, env, namespace, chart: name, repository, chartVersion: version } = flags;
  const manifest = {
    app,
    env,
    namespace,
    chart: { ...(repository && { repository }), name, ...(version && { version }) },
    values,
    deploy: { event: 'push', branch: 'main' },
  };
  const problems = manifestProblems(manifest).map(({ path, message }) => `--${path}: ${message}`);
  if (problems.length > 0) throw new UsageError('That would be no manifest:', { details: problems });
  return manifest;
}
