import { NotFoundError } from '../../errors/errors.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import { chartRefused } from '../../manifest/archive/chart-refused.ts';
import { parseCommit } from '../git/commit-codec.ts';
import type { GitObject } from '../git/object-id.ts';
import { isDirectoryMode, parseTree } from '../git/tree-codec.ts';

type Objects = ReadonlyMap<Oid, GitObject>;

const MAX_FILES = 2_000;
const FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755', '100664']);

/**
 * The files of a folder (`.` for the root) at a commit or a tag, by their paths in it. Hidden files are left out, as
 * helm leaves them out of packages.
 * @throws NotFoundError `chart-not-found`; UnprocessableError `chart-refused` for links, submodules and too many files.
 */
export function filesBelow(objects: Objects, commit: Oid, folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  collect(objects, folderTree(objects, commit, folder), '', files);
  return files;
}

function folderTree(objects: Objects, commit: Oid, folder: string): GitObject {
  let tree = need(objects, parseCommit(peeled(objects, commit).body).tree);
  for (const part of folder.split('/').filter((name) => name !== '.')) {
    const entry = parseTree(tree.body).find(({ name }) => name.toString() === part);
    if (entry === undefined || !isDirectoryMode(entry.mode))
      throw new NotFoundError('chart-not-found', `the git repository has no folder '${folder}'`);
    tree = need(objects, entry.oid);
  }
  return tree;
}

/** A tag is an object of its own, and may be one of a tag. */
function peeled(objects: Objects, oid: Oid): GitObject {
  let object = need(objects, oid);
  for (let hop = 0; object.type === 'tag' && hop < 5; hop += 1)
    object = need(objects, /^object ([0-9a-f]{40})$/m.exec(object.body.toString('latin1'))?.[1] ?? '');
  if (object.type !== 'commit') throw chartRefused(`${oid} is no commit`);
  return object;
}

function collect(objects: Objects, tree: GitObject, prefix: string, files: Map<string, Uint8Array>): void {
  for (const { mode, name, oid } of parseTree(tree.body)) {
    const path = `${prefix}${name.toString()}`;
    if (name.toString().startsWith('.')) continue;
    if (isDirectoryMode(mode)) collect(objects, need(objects, oid), `${path}/`, files);
    else if (FILE_MODES.has(mode)) files.set(path, need(objects, oid).body);
    else throw chartRefused(`'${path}' is a link or another repository`);
    if (files.size > MAX_FILES) throw chartRefused(`it has more than ${MAX_FILES} files`);
  }
}

function need(objects: Objects, oid: Oid): GitObject {
  const object = objects.get(oid);
  if (object === undefined) throw chartRefused(`the git server did not send ${oid || 'what a tag is of'}`);
  return object;
}
