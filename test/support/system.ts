import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalSystem, type SystemOptions, startSystem } from '../../local/system.ts';

/**
 * Starts all of GimletD for a test: any free port, silent, on a data directory of its own that `close` removes. A
 * directory that is given is kept.
 */
export async function startTestSystem(options: Partial<SystemOptions> = {}): Promise<LocalSystem> {
  const dataDirectory = options.dataDirectory ?? (await makeDataDirectory());
  const system = await startSystem({ port: 0, quiet: true, ...options, dataDirectory });
  if (options.dataDirectory !== undefined) return system;
  const close = async () => {
    await system.close();
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  };
  return { ...system, close };
}

export function makeDataDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gimletd-'));
}
