import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalSystem, type SystemOptions, startSystem } from '../../local/system.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Starts all of GimletD for a test: any free port, silent, on a data directory of its own that `close` removes. A
 * directory that is given is kept. With `warm` its API has answered once: the authorizer, which has five seconds for an
 * answer, may take longer to start where much else does.
 */
export async function startTestSystem(options: Partial<SystemOptions> = {}): Promise<LocalSystem> {
  const start = async (dataDirectory: string) => {
    const system = await startSystem({ port: 0, quiet: true, ...options, dataDirectory });
    if (options.warm) await firstAnswer(system);
    return system;
  };
  if (options.dataDirectory !== undefined) return start(options.dataDirectory);
  const folder = temporaryFolder();
  const remove = () => folder[Symbol.dispose]();
  try {
    const system = await start(folder.path);
    return { ...system, close: () => system.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

const WARMING_MS = 60_000;

async function firstAnswer({ url, adminToken }: LocalSystem): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const latest = Date.now() + WARMING_MS;
  while (Date.now() < latest) {
    const { ok } = await fetch(url, { headers });
    if (ok) return;
    await sleep(100);
  }
}
