import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { artifactDigest, parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import { inParallel } from '../../shared/concurrency/in-parallel.ts';
import { newRelease, type Release, releaseId } from '../../shared/release/release.ts';
import { renderMark } from '../../shared/release/release-marks.ts';
import { HeldPuts } from './held-puts.ts';

/** When the first artifact came unless it is said, unix milliseconds; each of the others a minute after the one before. */
export const FILLED_FROM = Date.UTC(2026, 0, 1);
export const FILLED_ENV = 'staging';
const MINUTE = 60_000;
/** How many are written together. */
const TOGETHER = 1_000;
/** Requests side by side. */
const PARALLEL = 10;
/** Nothing is to be done for any of it. */
const NEVER = { firstMs: 100 * 365 * 24 * 60 * MINUTE, maxMs: 100 * 365 * 24 * 60 * MINUTE };

export interface Filling {
  /** Numbers of the first artifact and of the one after the last; the table has none of them. */
  readonly from: number;
  readonly to: number;
  /** Artifact `n` is of `app-<n % apps>`, each of a repository of its own. */
  readonly apps: number;
  /** When artifact 0 came, unix milliseconds, and how long after the one before each of the others did. */
  readonly since?: number;
  readonly everyMs?: number;
  /** Told how many are stored, again and again. */
  readonly progress?: (stored: number) => void;
}

export interface TableAddress {
  readonly tableName: string;
  readonly config: DynamoDBClientConfig;
}

/** Stores artifacts, each released and written, as the functions would leave them, in a tenth of their requests. */
export async function fillTable({ config, tableName }: TableAddress, filling: Filling): Promise<void> {
  const held = new HeldPuts(config, tableName);
  try {
    const table = new TableClient(tableName, () => ({ function: 'bench' }), held.client);
    await storeAll(table, filling, () => held.flush());
  } finally {
    held.close();
  }
}

/** The same by any client; `written` is awaited after every thousand. */
export async function storeAll(
  table: TableClient,
  filling: Filling,
  written: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { from, to, progress = () => undefined } = filling;
  const stores = { artifacts: new ArtifactStore(table), releases: new ReleaseStore(table) };
  const last = new Map<string, Release>();
  for (let first = from; first < to; first += TOGETHER) {
    const numbers = Array.from({ length: Math.min(TOGETHER, to - first) }, (_, index) => first + index);
    const releases = await Promise.all(numbers.map((n) => store(stores, n, filling)));
    await written();
    for (const release of releases) last.set(release.app, release);
    progress(first + numbers.length);
  }
  const targets = new TargetStore(table);
  await inParallel([...last.values()], PARALLEL, async (release) => {
    await recordRunning(targets, release);
    await recordOrder(table, release);
  });
}

interface Stores {
  readonly artifacts: ArtifactStore;
  readonly releases: ReleaseStore;
}

/** The artifact's id is that of the app and its number. */
async function store(
  { artifacts, releases }: Stores,
  n: number,
  { apps, since = FILLED_FROM, everyMs = MINUTE }: Filling,
): Promise<Release> {
  const at = since + n * everyMs;
  const app = `app-${n % apps}`;
  const content = parseArtifact(documentOf(app, n));
  const artifact = { ...content, created: at / 1000, digest: artifactDigest(content), order: n + 1 };
  const message = { type: 'artifact', artifactId: content.id } as const;
  const arrival = { queue: 'events', message, version: 1, sends: 1, dueAt: at + NEVER.firstMs } as const;
  await artifacts.create(artifact, at, arrival);
  await artifacts.markDecided(artifact);
  const release = releaseOf(app, n, at, artifact);
  await releases.create(release, renderMark(release, 1, at, NEVER));
  return release;
}

function documentOf(app: string, n: number): object {
  return {
    id: `${app}-${n}`,
    version: {
      repositoryName: `acme/${app}`,
      sha: n.toString(16).padStart(40, '0'),
      ...{ branch: 'main', event: 'push', authorName: 'Jane', message: `Change number ${n}` },
    },
    context: { SHA: String(n) },
    environments: [{ app, env: FILLED_ENV, namespace: 'default', deploy: { event: 'push', branch: 'main' } }],
  };
}

function releaseOf(
  app: string,
  n: number,
  at: number,
  { id: artifactId, version }: Pick<Release, 'id' | 'version'>,
): Release {
  const queued = newRelease(
    {
      ...{ id: releaseId(artifactId, { app, env: FILLED_ENV }, 'arrival'), app, env: FILLED_ENV, artifactId },
      ...{ change: { kind: 'deploy' }, manifestIndex: 0, version, cause: 'arrival', automatic: true },
      ...{
        triggeredBy: 'policy',
        reason: 'released: event push matches push',
        order: n + 1,
      },
      location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
    },
    at,
  );
  const commit = n.toString(16).padStart(40, 'c');
  return {
    ...queued,
    state: 'released',
    commit,
    place: String(n).padStart(12, '0'),
    times: { queued: at, released: at },
  };
}

async function recordRunning(targets: TargetStore, release: Release): Promise<void> {
  const { id: releaseId, artifactId, order, commit = '', place = '', times } = release;
  const running = {
    releaseId,
    artifactId,
    order,
    commit,
    place,
    tree: commit,
    writtenAt: times.released ?? 0,
  };
  await targets.recordWritten(release, running);
}

/** The next artifact of the repository comes after all that are stored. */
async function recordOrder(table: TableClient, { version, order }: Release): Promise<void> {
  const update = { UpdateExpression: 'SET lastOrder = :last', ExpressionAttributeValues: { ':last': order } };
  await table.update(keys.repositoryOrder(version.repositoryName), update, { notAudited: 'a counter' });
}
