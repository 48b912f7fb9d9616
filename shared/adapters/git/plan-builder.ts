import type { DirectoryContent, Edit, Oid, Plan, PlannedEdit } from '../../gitops/git-engine.ts';
import { serializeCommit } from './commit-codec.ts';
import type { SignCommit } from './commit-signer.ts';
import { directoryObjects } from './directory-objects.ts';
import { checkEdit, notADirectory, type Refusal, refusal } from './edit-rules.ts';
import type { HeldState } from './held-state.ts';
import { EMPTY_TREE, type GitObject, gitObject } from './object-id.ts';
import type { DeltaObject, PackObject } from './pack-writer.ts';
import { DIRECTORY_MODE, isDirectoryMode, type LocatedEntry, locate, serializeEntry } from './tree-codec.ts';
import { applySplice, type Splice } from './tree-delta.ts';
import { nextVersion, onServer, type TreeDelta, type TreeVersion } from './tree-version.ts';

/** What a plan's push needs beside its ids. */
export interface PlannedObjects {
  /** In an order in which every delta comes after its base, if that is among them. */
  readonly objects: readonly PackObject[];
  /** Trees that the first deltas build on: the server has them. */
  readonly outsideBases: readonly GitObject[];
  /** Directories that are restored by id, for a server that has lost them. */
  readonly restored: readonly ReadonlyMap<string, Uint8Array>[];
  readonly after: HeldState | null;
}

export interface PlanBuilderOptions {
  readonly base: HeldState | null;
  /** Gets a tree that is not among those held. */
  readonly load: (oid: Oid) => Promise<GitObject | undefined>;
  /** Signs every commit, where it is given. */
  readonly sign?: SignCommit | undefined;
}

/** A step on the way to a directory: the tree that is to be edited (none: to be made), and where. */
interface Level {
  readonly path: string;
  readonly name: Buffer;
  readonly version: TreeVersion | undefined;
  readonly place: LocatedEntry | { readonly insertAt: number };
}

const NOWHERE = { insertAt: 0 };

/** Turns edits into commits, one on the other. Nothing is sent; every id is known as soon as its bytes are. */
export class PlanBuilder {
  readonly #load: PlanBuilderOptions['load'];
  readonly #base: HeldState | null;
  readonly #sign: SignCommit | undefined;
  readonly #trees = new Map<string, TreeVersion>();
  /** Trees that the server has and all that it will have, with the length of their delta chain. */
  readonly #depths = new Map<Oid, number>();
  readonly #packed = new Map<Oid, PackObject>();
  readonly #outside = new Map<Oid, GitObject>();
  readonly #restored: ReadonlyMap<string, Uint8Array>[] = [];
  readonly #edits: PlannedEdit[] = [];
  #head: { readonly tip: Oid; readonly root: Oid; readonly time: number } | null;

  constructor({ base, load, sign }: PlanBuilderOptions) {
    this.#base = base;
    this.#sign = sign;
    this.#load = load;
    this.#head = base;
    for (const [path, tree] of base?.trees ?? []) {
      this.#trees.set(path, onServer(tree));
      this.#depths.set(tree.oid, 0);
    }
  }

  async add(edit: Edit): Promise<void> {
    this.#edits.push(checkEdit(edit) ?? (await this.#plan(edit)));
  }

  finish(): { readonly plan: Plan; readonly contents: PlannedObjects } {
    const trees = new Map([...this.#trees].map(([path, { object }]) => [path, object]));
    return {
      plan: { base: this.#base?.tip ?? null, tip: this.#head?.tip ?? null, edits: this.#edits },
      contents: {
        objects: [...this.#packed.values()],
        outsideBases: [...this.#outside.values()],
        restored: this.#restored,
        after: this.#head === null ? null : { ...this.#head, trees },
      },
    };
  }

  async #plan(edit: Edit): Promise<PlannedEdit> {
    const levels = await this.#descend(edit.directory);
    if ('outcome' in levels) return levels;
    const last = levels.at(-1);
    const previousTree = last !== undefined && 'oid' in last.place ? last.place.oid : null;
    const { tree, objects } = contentObjects(edit.content);
    if (tree === previousTree) return { outcome: 'unchanged', tree, previousTree };
    for (const object of objects) this.#add(object, 0);
    if (edit.content.kind === 'tree' && edit.content.files !== undefined) {
      this.#restored.push(edit.content.files);
    }
    const commit = this.#commit(edit, this.#ascend(levels, tree));
    return { outcome: 'commit', commit, tree, previousTree };
  }

  /** The trees on the way to a directory, the root first. */
  async #descend(directory: string): Promise<Level[] | Refusal> {
    const levels: Level[] = [];
    let oid: Oid | null = this.#head?.root ?? null;
    let path = '';
    for (const segment of directory.split('/')) {
      const version = oid === null ? undefined : await this.#versionAt(path, oid);
      if (oid !== null && version === undefined) {
        return refusal('tree-missing', `The GitOps repo lacks tree ${oid}.`);
      }
      const name = Buffer.from(segment);
      const place = version === undefined ? NOWHERE : locate(version.object.body, name);
      levels.push({ path, name, version, place });
      path = path === '' ? segment : `${path}/${segment}`;
      if ('oid' in place && !isDirectoryMode(place.mode)) return notADirectory(path, place.mode);
      oid = 'oid' in place ? place.oid : null;
    }
    return levels;
  }

  async #versionAt(path: string, oid: Oid): Promise<TreeVersion | undefined> {
    const held = this.#trees.get(path);
    if (held?.object.oid === oid) return held;
    // A directory inside one that was written by an edit before, or a parent that was brought back by its id.
    const packed = this.#packed.get(oid);
    const object =
      packed !== undefined && 'body' in packed ? gitObject('tree', packed.body) : await this.#load(oid);
    return object === undefined ? undefined : onServer(object);
  }

  /** Replaces an entry in every tree from the directory's parent up to the root, whose id it returns. */
  #ascend(levels: readonly Level[], changed: Oid | null): Oid {
    let child = changed;
    for (const level of levels.toReversed()) child = this.#replaceEntry(level, child);
    // The root stays even when it is empty, so that this stands for the compiler only.
    return child ?? EMPTY_TREE;
  }

  /** The new id of a level's tree, or null when it is empty now and so goes: all but the root. */
  #replaceEntry({ path, name, version, place }: Level, child: Oid | null): Oid | null {
    const bytes =
      child === null ? Buffer.alloc(0) : serializeEntry({ mode: DIRECTORY_MODE, name, oid: child });
    const splice: Splice =
      'oid' in place
        ? { start: place.start, end: place.end, bytes }
        : { start: place.insertAt, end: place.insertAt, bytes };
    const object = gitObject('tree', applySplice(version?.object.body ?? Buffer.alloc(0), splice));
    if (object.body.length === 0 && path !== '') {
      this.#trees.delete(path);
      return null;
    }
    this.#trees.set(path, this.#addTree(version, object, splice));
    return object.oid;
  }

  #addTree(previous: TreeVersion | undefined, object: GitObject, splice: Splice): TreeVersion {
    const depth = this.#depths.get(object.oid);
    // An edit and its undoing: the tree is there already, and a second one would be a delta on itself.
    if (depth !== undefined) return { object, depth, anchor: { object, depth } };
    const { version, delta } = nextVersion(previous, object, splice);
    this.#add(delta === undefined ? object : this.#onBase(object.oid, delta), version.depth);
    return version;
  }

  #onBase(oid: Oid, { base, steps }: TreeDelta): DeltaObject {
    if (!this.#packed.has(base.oid)) this.#outside.set(base.oid, base);
    return { oid, base: base.oid, steps };
  }

  #add(object: PackObject, depth: number): void {
    if (this.#depths.has(object.oid)) return;
    this.#depths.set(object.oid, depth);
    this.#packed.set(object.oid, object);
  }

  #commit(edit: Edit, root: Oid): Oid {
    const parents = this.#head === null ? [] : [this.#head.tip];
    const time = Math.max(edit.time, this.#head?.time ?? 0);
    const { identity, message } = edit;
    const content = { tree: root, parents, identity, time, message };
    const commit = gitObject('commit', serializeCommit(content, this.#sign));
    this.#add(commit, 0);
    this.#head = { tip: commit.oid, root, time };
    return commit.oid;
  }
}

function contentObjects(content: DirectoryContent): { tree: Oid | null; objects: readonly GitObject[] } {
  if (content.kind === 'absent') return { tree: null, objects: [] };
  if (content.kind === 'tree') return { tree: content.tree, objects: [] };
  return directoryObjects(content.files);
}
