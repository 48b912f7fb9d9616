import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanGitEnvironment } from '../../local/git/bare-repo.ts';

const FIXED_IDENTITY = {
  GIT_AUTHOR_NAME: 'Somebody Else',
  GIT_AUTHOR_EMAIL: 'else@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'Somebody Else',
  GIT_COMMITTER_EMAIL: 'else@example.com',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** Runs the installed git in a folder; throws with its words when it fails. Output without the last newline. */
export function git(
  cwd: string,
  args: readonly string[],
  options: { input?: string | Uint8Array } = {},
): string {
  return gitBytes(cwd, args, options).toString('utf8').replace(/\n$/, '');
}

function gitBytes(cwd: string, args: readonly string[], options: { input?: string | Uint8Array }): Buffer {
  const env = { ...cleanGitEnvironment(), ...FIXED_IDENTITY };
  return execFileSync('git', args, { cwd, env, stdio: 'pipe', maxBuffer: 1 << 28, ...options });
}

/** What a path in a commit is to be: text of a file, a symlink, a program, a submodule; null removes it. */
export type ForeignEntry =
  | string
  | null
  | { readonly symlink: string }
  | { readonly executable: string }
  | { readonly submodule: string };

/** Commits to a bare repo as somebody else would, without a work tree; returns the new commit. */
export function commitForeign(
  bare: string,
  branch: string,
  entries: Readonly<Record<string, ForeignEntry>>,
  options: { readonly message?: string; readonly time?: number } = {},
): string {
  const { message = 'A foreign commit\n', time = 1_700_000_000 } = options;
  const parent = tipOf(bare, branch);
  const stream = [
    `commit refs/heads/${branch}\ncommitter Somebody Else <else@example.com> ${time} +0000\n`,
    fastImportData(message),
    ...(parent === null ? [] : [`from ${parent}\n`]),
    ...Object.entries(entries).map(([path, entry]) => fastImportChange(path, entry)),
  ].join('');
  git(bare, ['fast-import', '--quiet', '--force'], { input: stream });
  return git(bare, ['rev-parse', `refs/heads/${branch}`]);
}

function fastImportChange(path: string, entry: ForeignEntry): string {
  if (entry === null) return `D ${path}\n`;
  if (typeof entry === 'string') return `M 100644 inline ${path}\n${fastImportData(entry)}`;
  if ('symlink' in entry) return `M 120000 inline ${path}\n${fastImportData(entry.symlink)}`;
  if ('executable' in entry) return `M 100755 inline ${path}\n${fastImportData(entry.executable)}`;
  return `M 160000 ${entry.submodule} ${path}\n`;
}

function fastImportData(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

export function tipOf(bare: string, branch: string): string | null {
  const refs = git(bare, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
  return refs === '' ? null : refs;
}

/** All entries below the root: `mode type oid\tpath` as `git ls-tree -r` prints them. */
export function listTree(bare: string, commit: string): string[] {
  const out = git(bare, ['ls-tree', '-r', commit]);
  return out === '' ? [] : out.split('\n');
}

/** Text of every file (symlinks too, submodules not), by path, without its last newline. */
export function filesOf(bare: string, commit: string): Record<string, string> {
  const lines = git(bare, ['ls-tree', '-r', '-z', commit]).split('\0').filter(Boolean);
  const blobs = lines.map((line) => /^\d+ blob (\w+)\t(.*)$/s.exec(line)).filter((match) => match !== null);
  const texts = textsOf(
    bare,
    blobs.map(([, oid = '']) => oid),
  );
  return Object.fromEntries(blobs.map(([, , path = ''], index) => [path, texts[index] ?? '']));
}

/** Texts of blobs without their last newlines; one process reads them all. */
function textsOf(bare: string, oids: readonly string[]): string[] {
  if (oids.length === 0) return [];
  const out = gitBytes(bare, ['cat-file', '--batch'], { input: `${oids.join('\n')}\n` });
  let at = 0;
  return oids.map(() => {
    const start = out.indexOf('\n', at) + 1;
    const size = Number(out.toString('latin1', at, start).split(' ').at(-1));
    at = start + size + 1;
    return out.toString('utf8', start, start + size).replace(/\n$/, '');
  });
}

/** Throws unless git finds nothing to say about any object that can be reached. */
export function fsckStrict(bare: string): void {
  git(bare, ['fsck', '--strict', '--full', '--no-dangling']);
}

export function installHook(bare: string, name: string, script: string): void {
  const path = join(bare, 'hooks', name);
  mkdirSync(dirname(path), { recursive: true });
  // Put in place of the one that is there: that may be running, and a running program can't be written to.
  writeFileSync(`${path}.new`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  renameSync(`${path}.new`, path);
}
