/**
 * How much of a branch a server is asked for. In the order in which they are tried; each needs more bytes or more
 * requests than the one before, and less of the server.
 *
 * - `tree-depth`: the commit, its root tree and the trees below it (`filter tree:2`).
 * - `tree-level`: the commit alone (`tree:0`), then trees by their ids, a request for each level.
 * - `no-blobs`: the commit and all of its trees (`blob:none`).
 * - `everything`: the commit and all that it has.
 */
export const READ_STRATEGIES = ['tree-depth', 'tree-level', 'no-blobs', 'everything'] as const;
export type ReadStrategy = (typeof READ_STRATEGIES)[number];

/** What is worth remembering of a server between processes. Plain data: it goes into a table as it is. */
export interface ServerTraits {
  /** Protocol of upload-pack that it answers in; 0 stands for the first, of before 2018. */
  readonly protocol?: 0 | 2;
  /** Features of fetch in version 2, capabilities of upload-pack in version 0. */
  readonly fetchFeatures?: readonly string[];
  readonly readStrategy?: ReadStrategy;
  /** Capabilities of receive-pack. */
  readonly pushCapabilities?: readonly string[];
}

/** Where traits are kept, by host. Losing them costs a request or two, no more; a stale one is found out. */
export interface ServerMemory {
  recall(host: string): Promise<ServerTraits | undefined>;
  remember(host: string, traits: ServerTraits): Promise<void>;
}
