import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import { READ_STRATEGIES, type ReadStrategy } from '../../gitops/server-memory.ts';
import type { GitObject } from './object-id.ts';
import { readPack } from './pack-reader.ts';
import type { RemoteRepo } from './remote-repo.ts';
import { FetchRefusedError, type FetchRequest } from './upload-pack.ts';

/** Commits and trees by id; more may be in it than was asked for, never less unless it says so. */
export type Objects = ReadonlyMap<Oid, GitObject>;

/** A commit whose root tree and trees below it we hold, so that only what changed since needs to come. */
export interface HeldCommit {
  readonly tip: Oid;
  readonly objects: (oid: Oid) => GitObject | undefined;
}

const FILTERS: Readonly<Record<ReadStrategy, string | undefined>> = {
  'tree-depth': 'tree:2',
  'tree-level': 'tree:0',
  'no-blobs': 'blob:none',
  everything: undefined,
};

/** Reads as little of a branch as the server lets us, and remembers how little that is. */
export class TreeSource {
  readonly #remote: RemoteRepo;

  constructor(remote: RemoteRepo) {
    this.#remote = remote;
  }

  /** The commit and, unless the server only gives trees one by one, its trees as far as they differ from `held`. */
  async readTip(tip: Oid, held: HeldCommit | undefined): Promise<Objects> {
    const haves = held === undefined ? {} : { haves: [held.tip] };
    return this.#firstThatWorks([tip], async (strategy) => {
      return this.#read({ wants: [tip], deepen: 1, filter: FILTERS[strategy], ...haves }, held);
    });
  }

  /** Trees by their ids, in one request; those that the branch at `tip` does not have may be missing. */
  async readTrees(tip: Oid, oids: readonly Oid[]): Promise<Objects> {
    return this.#firstThatWorks(oids, async (strategy) => {
      const byId = strategy === 'tree-depth' || strategy === 'tree-level';
      if (byId) return this.#read({ wants: oids, filter: 'tree:0' });
      return this.#read({ wants: [tip], deepen: 1, filter: FILTERS[strategy] });
    });
  }

  /** The commits at most so many steps behind the tip, itself included. */
  async readHistory(tip: Oid, depth: number): Promise<Objects> {
    return this.#firstThatWorks([tip], async (strategy) => {
      const filter = strategy === 'tree-depth' ? 'tree:0' : FILTERS[strategy];
      return this.#read({ wants: [tip], deepen: depth, filter });
    });
  }

  async #read(request: FetchRequest, held?: HeldCommit): Promise<Objects> {
    const pack = await this.#remote.fetch(request);
    return this.#remote.understood(() => readPack(pack, held === undefined ? {} : { base: held.objects }));
  }

  /** Runs something that reads what came from here. @throws TransientError where git's formats are broken */
  understood<T>(read: () => T): Promise<T> {
    return this.#remote.understood(read);
  }

  /** Goes down the strategies from the one that worked last until one is taken and brings what is needed. */
  async #firstThatWorks(
    needed: readonly Oid[],
    read: (strategy: ReadStrategy) => Promise<Objects>,
  ): Promise<Objects> {
    const { readStrategy: remembered = READ_STRATEGIES[0] } = await this.#remote.traits();
    const strategies = READ_STRATEGIES.slice(READ_STRATEGIES.indexOf(remembered));
    let refusal: FetchRefusedError | undefined;
    for (const strategy of strategies) {
      try {
        const objects = await read(strategy);
        const complete = needed.every((oid) => objects.has(oid));
        if (complete && refusal !== undefined) await this.#remote.learn({ readStrategy: strategy });
        // With all trees of the tip at hand, what is missing is not there: blobs would add nothing.
        if (complete || strategy === 'no-blobs' || strategy === 'everything') return objects;
      } catch (error) {
        if (!(error instanceof FetchRefusedError)) throw error;
        refusal = error;
      }
    }
    throw this.#givenUp(refusal);
  }

  #givenUp(refusal: FetchRefusedError | undefined): Error {
    const words = refusal?.message ?? 'no answer';
    // The commit was the tip a moment ago: somebody forced the branch away, and it may be read again.
    if (/not our ref/.test(words)) {
      return new TransientError('git-moved', `The branch was moved while it was read: ${words}.`);
    }
    return new GitRefusedError(`${this.#remote.host} lets nobody read the branch: ${words}.`, {
      cause: refusal,
    });
  }
}
