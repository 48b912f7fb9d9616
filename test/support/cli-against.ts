import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { gimlet } from './cli.ts';
import { type ScriptedAnswer, scriptedServer } from './scripted-server.ts';
import { folderForTests } from './test-folder.ts';

/** Runs a command against a server that answers this; pauses take no time. */
export async function against(
  answers: readonly ScriptedAnswer[],
  args: readonly string[],
  env: Record<string, string> = {},
) {
  await using server = await scriptedServer(...answers);
  let clock = 1769850000000;
  const run = await gimlet(args, {
    env: { GIMLET_SERVER: server.url, GIMLET_TOKEN: 'tkn', ...env },
    now: () => clock,
    sleep: async (ms) => {
      clock += ms;
    },
  });
  return { ...run, calls: server.calls };
}

/** Path of an artifact's file, for all tests of the file that calls this. */
export function artifactFileForTests(): string {
  const file = join(folderForTests(), 'artifact.json');
  beforeAll(() => writeFile(file, JSON.stringify({ version: { name: 'owner/my app', sha: 'abc123' } })));
  return file;
}
