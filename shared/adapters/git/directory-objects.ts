import type { Oid } from '../../gitops/git-engine.ts';
import { type FileTree, fileTree, isDirectory } from './file-tree.ts';
import { type GitObject, gitObject } from './object-id.ts';
import { DIRECTORY_MODE, FILE_MODE, serializeTree, type TreeEntry } from './tree-codec.ts';

/** A directory as git objects; `tree` is null for no files, for git knows no empty directories. */
export interface DirectoryObjects {
  readonly tree: Oid | null;
  readonly objects: readonly GitObject[];
}

/** Blobs and trees of a directory with exactly these files, every file with mode 100644. */
export function directoryObjects(files: ReadonlyMap<string, Uint8Array>): DirectoryObjects {
  const objects: GitObject[] = [];
  return { tree: files.size === 0 ? null : collect(fileTree(files), objects), objects };
}

function collect(directory: FileTree, objects: GitObject[]): Oid {
  const entries: TreeEntry[] = [];
  for (const [name, node] of directory) {
    const mode = isDirectory(node) ? DIRECTORY_MODE : FILE_MODE;
    const oid = isDirectory(node) ? collect(node, objects) : keep(objects, gitObject('blob', node));
    entries.push({ mode, name: Buffer.from(name), oid });
  }
  return keep(objects, gitObject('tree', serializeTree(entries)));
}

function keep(objects: GitObject[], object: GitObject): Oid {
  objects.push(object);
  return object.oid;
}
