import type { CiEnv } from './ci-job.ts';

/** Those of the named variables that are set. Names are listed, never matched: a job's environment is full of secrets. */
export function pickVariables(env: CiEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
