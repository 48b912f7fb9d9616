import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Embedded, startEmbedded } from './embedded.ts';
import { TestGitServer, type TestRepo } from './git-server.ts';
import { makeStores, type Stores } from './stores.ts';

export interface GivenStores {
  readonly embedded: Embedded;
  readonly stores: Stores;
  /** A number that no other test of the file is given: names with it are the test's own in a table that all share. */
  readonly run: number;
}

export interface GivenGitOps extends GivenStores {
  readonly server: TestGitServer;
  /** An empty GitOps repo of the test's own, which the settings of its stores name. */
  readonly repo: TestRepo;
}

/** Embedded services that all tests of a file share; to be called once they have begun. */
export function embeddedForTests(): () => Embedded {
  return startedForTests(startEmbedded, ({ close }) => close());
}

/** A git server that all tests of a file share; to be called once they have begun. */
export function gitServerForTests(): () => TestGitServer {
  return startedForTests(
    () => TestGitServer.start(),
    (server) => server[Symbol.asyncDispose](),
  );
}

/** Gives each test of a file stores of its own, and a number, on services that all share. */
export function storesForTests(begin: (given: GivenStores) => void | Promise<void>): void {
  const embedded = embeddedForTests();
  let run = 0;
  beforeEach(() => {
    run += 1;
    return begin({ embedded: embedded(), stores: makeStores(embedded()), run });
  });
}

/** Gives each test of a file stores and a GitOps repo of its own, and a number, on services that all share. */
export function gitOpsForTests(begin: (given: GivenGitOps) => void | Promise<void>): void {
  beginWithRepo(embeddedForTests(), begin);
}

/** As `gitOpsForTests`, with a table and queues of its own for each test. */
export function freshGitOpsForTests(begin: (given: GivenGitOps) => void | Promise<void>): void {
  beginWithRepo(freshEmbeddedForTests(), begin);
}

/** Gives each test of a file a table and queues of its own: to be called in it. */
export function freshEmbeddedForTests(): () => Embedded {
  let embedded: Embedded;
  beforeEach(async () => {
    embedded = await startEmbedded();
  });
  afterEach(() => embedded.close());
  return () => embedded;
}

function beginWithRepo(embedded: () => Embedded, begin: (given: GivenGitOps) => void | Promise<void>): void {
  const server = gitServerForTests();
  let run = 0;
  beforeEach(async () => {
    run += 1;
    const repo = await server().createRepo();
    const stores = makeStores(embedded(), repo.url);
    await begin({ embedded: embedded(), server: server(), repo, stores, run });
  });
}

function startedForTests<T>(start: () => Promise<T>, stop: (started: T) => Promise<unknown>): () => T {
  let started: T;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => stop(started));
  return () => started;
}
