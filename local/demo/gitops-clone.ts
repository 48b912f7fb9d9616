import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git.ts';

export interface GitOpsCommit {
  readonly sha: string;
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
  /** Paths that it touches. */
  readonly files: readonly string[];
}

/** A clone of the GitOps repo, as Flux would make it. */
export interface GitOpsClone {
  readonly directory: string;
  /** Oldest first. */
  readonly commits: readonly GitOpsCommit[];
  /** All paths of the branch, sorted. */
  readonly files: readonly string[];
  read(path: string): Promise<string>;
}

/** Clones with real git, from the URL that people are given, and lets git check every object. */
export async function cloneGitOps(url: string, directory: string): Promise<GitOpsClone> {
  await git('.', ['clone', '--quiet', url, directory]);
  await git(directory, ['fsck', '--full', '--strict']);
  const files = await git(directory, ['ls-tree', '-r', '--name-only', 'HEAD']);
  const shas = await git(directory, ['rev-list', '--reverse', 'HEAD']);
  return {
    directory,
    commits: await Promise.all(shas.split('\n').map((sha) => readCommit(directory, sha))),
    files: files.split('\n').sort(),
    read: (path) => readFile(join(directory, path), 'utf8'),
  };
}

async function readCommit(directory: string, sha: string): Promise<GitOpsCommit> {
  const show = (...format: string[]) => git(directory, ['show', '--no-patch', ...format, sha]);
  const [subject, trailers, files] = await Promise.all([
    show('--format=%s'),
    show('--format=%(trailers:only,unfold)'),
    git(directory, ['diff-tree', '--no-commit-id', '--root', '-r', '--name-only', sha]),
  ]);
  return { sha, subject, trailers: parseTrailers(trailers), files: files.split('\n') };
}

function parseTrailers(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes(': '));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
}
