import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Milliseconds of a whole Node process, from its start to its end; `env` is all that it sees beside PATH. */
export async function processTime(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = performance.now();
  await run(process.execPath, [...args], { env: { ...env, PATH: process.env['PATH'] ?? '' } });
  return performance.now() - startedAt;
}
