import type { DataDirectory } from './data-directory.ts';
import { type DirectoryLock, lockDirectory } from './embedded/directory-lock.ts';
import { readLocalJson } from './local-json.ts';

/** Another server works on the data directory. */
export class DataInUseError extends Error {
  override readonly name = 'DataInUseError';
}

/**
 * Takes the data directory for this process. The lock is the operating system's, so a server that was killed leaves
 * none behind.
 * @throws DataInUseError that names the server that has it.
 */
export async function lockData(data: DataDirectory): Promise<DirectoryLock> {
  try {
    return lockDirectory(data.root);
  } catch (cause) {
    const other = await readLocalJson(data.localJson).catch(() => undefined);
    const who = other === undefined ? 'another process' : `the server at ${other.url} (process ${other.pid})`;
    throw new DataInUseError(
      `The data directory ${data.root} is in use by ${who}. Stop that one, or give this one its own directory ` +
        'and port: GIMLETD_DATA=.gimletd-2 GIMLETD_PORT=0',
      { cause },
    );
  }
}
