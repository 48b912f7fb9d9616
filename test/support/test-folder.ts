import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Path of a folder for all tests of the file or `describe` that calls this. It is there from their first hook to
 * their last, so that a file that is only read leaves nothing.
 */
export function folderForTests(): string {
  const path = join(tmpdir(), `gimletd-test-${randomUUID()}`);
  beforeAll(() => void mkdirSync(path));
  afterAll(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** Path of a folder for the one test that calls this, or a hook before it; it goes after the test's last hook. */
export function folderForTest(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder.path;
}
