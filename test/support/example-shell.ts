import { spawn } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';

export interface ShellRun {
  readonly code: number | null;
  /** What it printed, both streams in the order of their end. */
  readonly output: string;
}

/** Runs bash in a folder, with nothing in its environment but PATH, HOME and what is given. */
export type ExampleShell = (script: string, env?: Readonly<Record<string, string>>) => Promise<ShellRun>;

/** A shell whose PATH begins with `gimlet`, `helm` and `kubectl`, as a user would have installed them. */
export async function exampleShell(folder: string, gimlet: string): Promise<ExampleShell> {
  const bin = join(folder, '.bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'gimlet'), `#!/bin/sh\nexec '${process.execPath}' '${gimlet}' "$@"\n`);
  await chmod(join(bin, 'gimlet'), 0o755);
  await symlink(await ensureHelm(), join(bin, 'helm'));
  await symlink(await ensureKubectl(), join(bin, 'kubectl'));
  const path = `${bin}:${process.env['PATH']}`;
  return async (script, env = {}) => {
    const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { PATH: path, HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      shell.on('error', reject).on('close', resolve);
    });
    const [out, err, code] = await Promise.all([text(shell.stdout), text(shell.stderr), ended]);
    return { code, output: out + err };
  };
}
