import git, { type TreeEntry, type TreeObject } from 'isomorphic-git';
import type { DirectoryContent, Edit, Oid } from '../../../gitops/git-engine.ts';
import { notADirectory, type Refusal, refusal } from '../edit-rules.ts';
import { type FileTree, fileTree, isDirectory } from '../file-tree.ts';
import { type LocalRepo, readTree } from './object-store.ts';

/** What an edit makes of a root tree. `root` equals the old one when nothing changes. */
export interface EditedTree {
  readonly root: Oid | null;
  readonly tree: Oid | null;
  readonly previousTree: Oid | null;
}

interface Level {
  readonly name: string;
  readonly entries: readonly TreeEntry[];
}

/** Replaces one directory under a root tree (null: no tree yet); writes trees and blobs as objects only. */
export async function editTree(repo: LocalRepo, root: Oid | null, edit: Edit): Promise<EditedTree | Refusal> {
  const found = await descend(repo, root, edit.directory);
  if ('outcome' in found) return found;
  const tree = await writeContent(repo, edit.content);
  if (tree !== null && typeof tree !== 'string') return tree;
  if (tree === found.previousTree) return { root, tree, previousTree: tree };
  return { root: await ascend(repo, found.levels, tree), tree, previousTree: found.previousTree };
}

async function descend(repo: LocalRepo, root: Oid | null, directory: string) {
  const levels: Level[] = [];
  let oid = root;
  for (const name of directory.split('/')) {
    const entries = oid === null ? [] : await readEditableTree(repo, oid);
    if ('outcome' in entries) return entries;
    const entry = entries.find((candidate) => candidate.path === name);
    if (entry !== undefined && entry.type !== 'tree')
      return notADirectory(joinPath(levels, name), entry.mode);
    levels.push({ name, entries });
    oid = entry?.oid ?? null;
  }
  return { levels, previousTree: oid };
}

/** isomorphic-git decodes names and knows five modes: a tree that it could not write again as it was is left alone. */
async function readEditableTree(repo: LocalRepo, oid: Oid): Promise<TreeObject | Refusal> {
  const unsupported = (why: string) =>
    refusal('unsupported-tree', `isomorphic-git can't edit tree ${oid}: ${why}.`);
  try {
    const entries = await readTree(repo, oid);
    if (entries === undefined) return refusal('tree-missing', `The repo on disk lacks tree ${oid}.`);
    return entries.some(({ path }) => path.includes('\ufffd')) ? unsupported('a name is not UTF-8') : entries;
  } catch (error) {
    const { InternalError, UnsafeFilepathError } = git.Errors;
    if (error instanceof InternalError || error instanceof UnsafeFilepathError)
      return unsupported(error.message);
    throw error;
  }
}

function joinPath(levels: readonly Level[], name: string): string {
  return [...levels.map((level) => level.name), name].join('/');
}

/** Writes the changed trees from the directory up; a directory that is empty then goes, but not the root. */
async function ascend(repo: LocalRepo, levels: readonly Level[], changed: Oid | null): Promise<Oid> {
  let oid = changed;
  for (const [depth, { name, entries }] of [...levels.entries()].reverse()) {
    const others = entries.filter((entry) => entry.path !== name);
    const tree: TreeEntry[] =
      oid === null ? others : [...others, { mode: '040000', path: name, oid, type: 'tree' }];
    oid = tree.length === 0 && depth > 0 ? null : await git.writeTree({ ...repo, tree });
  }
  return oid ?? git.writeTree({ ...repo, tree: [] });
}

async function writeContent(repo: LocalRepo, content: DirectoryContent): Promise<Oid | null | Refusal> {
  if (content.kind === 'absent') return null;
  if (content.kind === 'files') return writeFileTree(repo, fileTree(content.files));
  if ((await readTree(repo, content.tree)) !== undefined) return content.tree;
  if (content.files === undefined) {
    return refusal(
      'tree-missing',
      `The GitOps repo no longer has tree ${content.tree}, and its files are not known.`,
    );
  }
  const written = await writeFileTree(repo, fileTree(content.files));
  if (written === content.tree) return written;
  return refusal('tree-mismatch', `The files given make tree ${written}, not ${content.tree}.`);
}

/** Null for no files: git knows no empty directories. */
async function writeFileTree(repo: LocalRepo, files: FileTree): Promise<Oid | null> {
  if (files.size === 0) return null;
  const tree: TreeEntry[] = [];
  for (const [path, node] of files) {
    if (isDirectory(node)) {
      const oid = await writeFileTree(repo, node);
      if (oid !== null) tree.push({ mode: '040000', path, oid, type: 'tree' });
    } else {
      const oid = await git.writeBlob({ ...repo, blob: node });
      tree.push({ mode: '100644', path, oid, type: 'blob' });
    }
  }
  return git.writeTree({ ...repo, tree });
}
