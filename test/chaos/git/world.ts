import { Random } from '../../../local/faults/random.ts';
import { startEmbeddedApart } from '../../support/embedded-apart.ts';
import { TestGitServer, type TestRepo } from '../../support/git-server.ts';
import { makeStores, type Stores } from '../../support/stores.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { Foreigner } from '../foreigner.ts';
import type { Tally } from '../tally.ts';
import { FragileGitServer } from './fragile-git-server.ts';
import { ReleaseFeed } from './release-feed.ts';
import type { EngineName } from './writer-protocol.ts';
import { Writers } from './writers.ts';

/** All that a writer meets: a table over the wire, a git server by a bad road, others who push, releases that arrive. */
export interface World extends AsyncDisposable {
  readonly repo: TestRepo;
  readonly stores: Stores;
  readonly server: FragileGitServer;
  readonly foreigner: Foreigner;
  readonly feed: ReleaseFeed;
  readonly writers: Writers;
}

export interface WorldOptions {
  readonly seed: number;
  readonly engine: EngineName;
  readonly historyScan: boolean;
}

export async function startWorld(options: WorldOptions, tally: Tally): Promise<World> {
  const { seed, engine, historyScan } = options;
  await using started = new AsyncDisposableStack();
  const folder = started.use(temporaryFolder());
  const embedded = started.adopt(await startEmbeddedApart(), (services) => services.close());
  const git = started.use(await TestGitServer.start());
  const server = started.use(await FragileGitServer.start(git.port, new Random(seed + 1), tally));
  const direct = await git.createRepo();
  const repo = { ...direct, url: server.url(direct.url) };
  const stores = makeStores(embedded, repo.url);
  const { endpoint: dynamodbEndpoint } = embedded.dynamodbConfig;
  const { tableName } = embedded;
  const settings = { dynamodbEndpoint, tableName, repo: repo.url, branch: repo.branch, engine, historyScan };
  const writers = started.adopt(await Writers.start(folder.path, settings), (pool) => pool.close());
  const all = started.move();
  return {
    repo,
    stores,
    server,
    writers,
    foreigner: new Foreigner(repo, new Random(seed + 2)),
    feed: new ReleaseFeed(stores, repo, new Random(seed + 3)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
