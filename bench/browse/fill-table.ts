import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import type { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { artifactDigest, parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import { newRelease, type Release, releaseId } from '../../shared/release/release.ts';
import { renderMark } from '../../shared/release/release-marks.ts';

/** When the first artifact came, unix milliseconds; each of the others a minute after the one before. */
export const FILLED_FROM = Date.UTC(2026, 0, 1);
export const FILLED_ENV = 'staging';
const MINUTE = 60_000;
const TOGETHER = 10;
/** Nothing is to be done for any of it. */
const NEVER = { firstMs: 100 * 365 * 24 * 60 * MINUTE, maxMs: 100 * 365 * 24 * 60 * MINUTE };

export interface Filling {
  /** Numbers of the first artifact and of the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Artifact `n` is of `app-<n % apps>`. */
  readonly apps: number;
}

/** Stores artifacts, each released and written, as the functions would leave them. */
export async function fillTable(table: TableClient, { from, to, apps }: Filling): Promise<void> {
  const stores = {
    artifacts: new ArtifactStore(table),
    releases: new ReleaseStore(table),
    targets: new TargetStore(table),
  };
  for (let first = from; first < to; first += TOGETHER) {
    const numbers = Array.from({ length: Math.min(TOGETHER, to - first) }, (_, index) => first + index);
    const releases = await Promise.all(numbers.map((n) => store(stores, n, apps)));
    const running = new Map(releases.map((release) => [release.app, release]));
    await Promise.all([...running.values()].map((release) => recordRunning(stores.targets, release)));
  }
}

interface Stores {
  readonly artifacts: ArtifactStore;
  readonly releases: ReleaseStore;
  readonly targets: TargetStore;
}

/** The artifact's id is that of the app and its number. */
async function store({ artifacts, releases }: Stores, n: number, apps: number): Promise<Release> {
  const at = FILLED_FROM + n * MINUTE;
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
