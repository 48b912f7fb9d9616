import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { missingLine } from '../support/doc-examples.ts';
import { folderForTest } from '../support/test-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

let temporary: string;
beforeEach(() => {
  temporary = folderForTest();
});

async function demo(...args: string[]) {
  const child = spawn(process.execPath, ['local/demo.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

async function shownInReadme(): Promise<string[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, block = ''] = /What the demo shows \(shortened\):\n\n```\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  expect(block).not.toBe('');
  return block.split('\n');
}

describe('npm run demo', () => {
  it('releases the sample, finds the GitOps repo as it should be, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await demo();
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('$ gimlet artifact push -f artifact.json --wait');
    expect(stdout).toMatch(/released +staging\/webapp +commit [0-9a-f]{8}/);
    expect(stdout).toMatch(/released +production\/webapp +commit [0-9a-f]{8}/);
    expect(stdout).toContain('Right: the GitOps repo holds exactly what was released');
    expect(stdout).not.toContain('\x1b');
    expect(missingLine(await shownInReadme(), stdout), stdout).toBeUndefined();
    expect(await readdir(temporary)).toEqual([]);
  }, 60_000);

  it('takes no options but its own', async () => {
    const { code, stderr } = await demo('--fast');
    expect(code).toBe(2);
    expect(stderr).toContain('--keep and --bundles');
  });
});
