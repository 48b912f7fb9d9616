import { type LocalSystem, type SystemOptions, startSystem } from '../../local/system.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Starts all of GimletD for a test: any free port, silent, on a data directory of its own that `close` removes. A
 * directory that is given is kept.
 */
export async function startTestSystem(options: Partial<SystemOptions> = {}): Promise<LocalSystem> {
  const start = (dataDirectory: string) => startSystem({ port: 0, quiet: true, ...options, dataDirectory });
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
