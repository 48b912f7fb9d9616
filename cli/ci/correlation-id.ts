import type { World } from '../world.ts';
import { detectCiJob } from './ci-job.ts';

const MAX_LENGTH = 100;

/**
 * The name under which all that follows from this run is found, from the server's logs to the trailer of the commit:
 * `GIMLET_CORRELATION_ID`, else the CI job's own. Undefined outside of a job: the server makes one for each call.
 */
export function correlationId(env: World['env']): string | undefined {
  const given = env['GIMLET_CORRELATION_ID'] || jobName(env);
  return given?.replaceAll(/[^\w.:/-]/g, '-').slice(0, MAX_LENGTH) || undefined;
}

function jobName(env: World['env']): string | undefined {
  const job = detectCiJob(env);
  if (job === undefined) return undefined;
  const { system, run, version } = job;
  // The run tells jobs apart, so it must survive the cut of a long repository name.
  return `${system.toLowerCase()}:${run}:${version.repositoryName ?? ''}`.replace(/:$/, '');
}
