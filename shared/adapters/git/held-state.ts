import type { Oid } from '../../gitops/git-engine.ts';
import { parseCommit } from './commit-codec.ts';
import { MalformedError } from './malformed-error.ts';
import type { GitObject } from './object-id.ts';
import { checkTree, isDirectoryMode, locate, parseTree } from './tree-codec.ts';
import type { Objects, TreeSource } from './tree-source.ts';

/** A commit and those of its trees that directories are replaced in: all that is kept of a branch between pushes. */
export interface HeldState {
  readonly tip: Oid;
  readonly root: Oid;
  /** Commit time, Unix seconds. */
  readonly time: number;
  /** Trees by path; '' is the root. */
  readonly trees: ReadonlyMap<string, GitObject>;
}

export interface StateRequest {
  readonly tip: Oid;
  /** An earlier state of the same branch: only what changed since is read. */
  readonly before: HeldState | undefined;
  /** Directories that are to be replaced; the trees on the way to each will be held, as far as there are any. */
  readonly directories: readonly string[];
}

/** Where a tree of the branch is to be found; undefined when there is no directory at the path. */
interface Place {
  readonly path: string;
  readonly oid: Oid | undefined;
}

/** Reads the state of a branch from what the server sends, level by level where it does not send all at once. */
export class StateReader {
  readonly #source: TreeSource;

  constructor(source: TreeSource) {
    this.#source = source;
  }

  async read(request: StateRequest): Promise<HeldState> {
    const { tip, before } = request;
    if (before?.tip === tip) return this.#complete(before, request, new Map());
    const known = new Map([...(before?.trees.values() ?? [])].map((tree) => [tree.oid, tree]));
    const held = before && { tip: before.tip, objects: (oid: Oid) => known.get(oid) };
    const objects = await this.#source.readTip(tip, held);
    const { tree: root, time } = await this.#source.understood(() => commitIn(objects, tip));
    return this.#complete({ tip, root, time, trees: new Map() }, request, new Map([...known, ...objects]));
  }

  /** A tree of the branch that is not held; undefined when the server does not have it. */
  async loadTree(tip: Oid, oid: Oid): Promise<GitObject | undefined> {
    const objects = await this.#source.readTrees(tip, [oid]);
    return this.#source.understood(() => checkedTree(objects, oid));
  }

  /** Adds to a state the trees on the way to the directories, and below the root all that came along. */
  async #complete(
    state: HeldState,
    { before, directories }: StateRequest,
    objects: Objects,
  ): Promise<HeldState> {
    const trees = new Map(state.trees);
    const needed = new Set(directories.flatMap(parentPaths));
    const paths = new Set([...needed, ...(before?.trees.keys() ?? [])]);
    for (const level of byDepth(['', ...paths])) {
      const found = level.map((path) => ({ path, oid: path === '' ? state.root : childOf(trees, path) }));
      const missing = found.filter(({ path, oid }) => oid !== undefined && trees.get(path)?.oid !== oid);
      await this.#take(trees, state.tip, missing, { objects, needed });
      if (level.includes('')) await this.#takeChildren(trees, objects);
    }
    return { ...state, trees };
  }

  async #take(
    trees: Map<string, GitObject>,
    tip: Oid,
    missing: readonly Place[],
    { objects, needed }: { readonly objects: Objects; readonly needed: ReadonlySet<string> },
  ): Promise<void> {
    const absent = missing.flatMap(({ path, oid }) =>
      oid !== undefined && !objects.has(oid) && (needed.has(path) || path === '') ? [oid] : [],
    );
    const loaded = absent.length === 0 ? objects : await this.#source.readTrees(tip, [...new Set(absent)]);
    await this.#source.understood(() => {
      for (const { path, oid = '' } of missing) {
        const tree = checkedTree(objects, oid) ?? checkedTree(loaded, oid);
        if (tree !== undefined) trees.set(path, tree);
      }
    });
  }

  /** Environments that came with the root: held though no edit needs them now, for the next one may. */
  async #takeChildren(trees: Map<string, GitObject>, objects: Objects): Promise<void> {
    const root = trees.get('');
    if (root === undefined || objects.size === 0) return;
    await this.#source.understood(() => {
      for (const { name, mode, oid } of parseTree(root.body)) {
        const tree = isDirectoryMode(mode) ? checkedTree(objects, oid) : undefined;
        if (tree !== undefined) trees.set(name.toString('utf8'), tree);
      }
    });
  }
}

/** The paths of the trees on the way to a directory, the root's first: '' and 'a' and 'a/b' for 'a/b/c'. */
function parentPaths(directory: string): string[] {
  const segments = directory.split('/');
  return segments.map((_, depth) => segments.slice(0, depth).join('/'));
}

function byDepth(paths: readonly string[]): string[][] {
  const levels: string[][] = [];
  for (const path of new Set(paths)) {
    const depth = path === '' ? 0 : path.split('/').length;
    levels[depth] = [...(levels[depth] ?? []), path];
  }
  return levels.filter((level) => level !== undefined);
}

/** The id of the directory at a path by the tree above it; undefined when either is not there. */
function childOf(trees: ReadonlyMap<string, GitObject>, path: string): Oid | undefined {
  const slash = path.lastIndexOf('/');
  const parent = trees.get(path.slice(0, Math.max(slash, 0)));
  if (parent === undefined) return undefined;
  const entry = locate(parent.body, Buffer.from(path.slice(slash + 1)));
  return 'oid' in entry && isDirectoryMode(entry.mode) ? entry.oid : undefined;
}

function commitIn(objects: Objects, oid: Oid) {
  const commit = objects.get(oid);
  if (commit?.type !== 'commit')
    throw new MalformedError(`commit ${oid} was asked for and is not in the answer`);
  return parseCommit(commit.body);
}

function checkedTree(objects: Objects, oid: Oid): GitObject | undefined {
  const object = objects.get(oid);
  if (object?.type !== 'tree') return undefined;
  checkTree(object.body);
  return object;
}
