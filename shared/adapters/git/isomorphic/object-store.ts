import fs from 'node:fs';
import git, { type CommitObject, type TreeObject } from 'isomorphic-git';
import type { Oid } from '../../../gitops/git-engine.ts';

/** The bare repo on disk that isomorphic-git reads and writes: `cache` keeps its pack indexes between calls. */
export interface LocalRepo {
  readonly fs: typeof fs;
  readonly gitdir: string;
  readonly cache: object;
}

export function localRepo(gitdir: string): LocalRepo {
  return { fs, gitdir, cache: {} };
}

/** The commit, or undefined when the repo does not hold it (it is shallow). */
export async function readCommit(repo: LocalRepo, oid: Oid): Promise<CommitObject | undefined> {
  return ifPresent(async () => (await git.readCommit({ ...repo, oid })).commit);
}

/** The entries of a tree, or undefined when the repo does not hold it. */
export async function readTree(repo: LocalRepo, oid: Oid): Promise<TreeObject | undefined> {
  return ifPresent(async () => (await git.readTree({ ...repo, oid })).tree);
}

async function ifPresent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof git.Errors.NotFoundError) return undefined;
    throw error;
  }
}
