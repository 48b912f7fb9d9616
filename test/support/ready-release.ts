import {
  type NewRelease,
  newRelease,
  type Release,
  type ReleaseChange,
} from '../../shared/release/release.ts';
import { renderMark, writeMark } from '../../shared/release/release-marks.ts';
import type { TestRepo } from './git-server.ts';
import { RESEND, type Stores } from './stores.ts';

let made = 0;

/** Puts a release into the table that has been rendered and waits for the writer. */
export async function readyRelease(
  stores: Stores,
  repo: TestRepo,
  fields: Partial<NewRelease> & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Release> {
  made += 1;
  const { files = { 'configmap.yaml': `n: ${made}\n` }, ...overrides } = fields;
  const queued = newRelease(
    {
      id: `rel-${made}`,
      app: 'shop',
      env: 'staging',
      change: { kind: 'deploy' },
      artifactId: `artifact-${made}`,
      manifestIndex: 0,
      version: { repositoryName: 'acme/shop', sha: `sha${made}`, event: 'push', branch: 'main' },
      cause: 'arrival',
      automatic: true,
      triggeredBy: 'policy',
      policy: 'manifest',
      reason: 'released: event push matches push',
      order: made,
      location: { repo: repo.url, branch: repo.branch, layout: 'directories' },
      ...overrides,
    },
    Date.now(),
  );
  await stores.releases.create(queued, renderMark(queued, 1, Date.now(), RESEND));
  const rendering = await moved(stores.releases.move(queued, { state: 'rendering', attempts: 1 }));
  const bundle = await stores.bundles.put(new Map(Object.entries(files)));
  const mark = writeMark(rendering, rendering.revision + 1, Date.now(), {
    resend: RESEND,
    settings: { writerLanes: 1 },
  });
  return moved(stores.releases.move(rendering, { state: 'ready', bundle }, mark));
}

/** Puts a rollback or a delete into the table: it waits for the writer from the first. */
export async function readyChange(
  stores: Stores,
  like: Release,
  change: Exclude<ReleaseChange, { kind: 'deploy' }>,
): Promise<Release> {
  made += 1;
  const { state, revision, times, attempts, bundle, bundleBytes, commit, tree, ...fields } = like;
  const release = newRelease(
    { ...fields, id: `rel-${made}`, order: made, change, automatic: false, triggeredBy: 'jane' },
    Date.now(),
  );
  await stores.releases.create(
    release,
    writeMark(release, 1, Date.now(), { resend: RESEND, settings: { writerLanes: 1 } }),
  );
  return release;
}

async function moved(move: Promise<Release | undefined>): Promise<Release> {
  const release = await move;
  if (!release) throw new Error('the release could not be moved');
  return release;
}
