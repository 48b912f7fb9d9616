import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConflictError } from '../../shared/errors/errors.ts';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes a data directory, made when missing, for this process alone. It is SQLite's file lock: the operating system
 * lets go of it when the process ends, however it ends, so no stale lock can be left behind.
 * @throws ConflictError `local-data-in-use` when another process holds it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new ConflictError(
      'local-data-in-use',
      `The data directory ${directory} is in use by another process: stop it, or choose another directory.`,
      { data: { directory }, cause },
    );
  }
  return { release: () => database.close() };
}
