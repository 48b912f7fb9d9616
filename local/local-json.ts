import { rm } from 'node:fs/promises';
import { readIfPresent, writePrivateFile } from './private-file.ts';

/** `local.json` in the data directory: how programs on this machine find the server. Only its owner may read it. */
export interface LocalServer {
  readonly url: string;
  readonly adminToken: string;
  readonly gitopsRepoUrl: string;
  readonly gitopsRepoPath: string;
  /** Of the server. After a `kill -9` the file is still there: then no process has this id, or nothing answers at `url`. */
  readonly pid: number;
}

export async function writeLocalJson(path: string, server: LocalServer): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(server, null, 2)}\n`);
}

export async function removeLocalJson(path: string): Promise<void> {
  await rm(path, { force: true });
}

export async function readLocalJson(path: string): Promise<LocalServer | undefined> {
  const content = await readIfPresent(path);
  return content === undefined ? undefined : JSON.parse(content);
}
