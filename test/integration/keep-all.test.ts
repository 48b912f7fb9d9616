import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { NEVER_MADE_MS } from '../../shared/gitops/take-turn.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { Outbox } from '../../shared/messages/outbox.ts';
import { cancelRelease } from '../../shared/release/cancel-release.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import type { Release } from '../../shared/release/release.ts';
import { type RenderReleasePorts, renderRelease } from '../../shared/release/render-release.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import { requestRollback } from '../../shared/release/request-rollback.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { TestRepo } from '../support/git-server.ts';
import { violations, writtenCommits } from '../support/gitops-oracle.ts';
import { tipOf } from '../support/native-git.ts';
import { NO_PROGRAMS } from '../support/rendering.ts';
import { embeddedForTests, gitServerForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, makeStores, manifest, type Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

const env = 'staging';

const embedded = embeddedForTests();
const server = gitServerForTests();
let repo: TestRepo;
let stores: Stores;
let writer: WriterPorts;
let renderer: RenderReleasePorts;
let run = 0;
let app: string;
beforeEach(() => begin('keep-all'));

async function begin(releases: 'latest' | 'keep-all'): Promise<void> {
  repo = await server().createRepo();
  const gitops = { repo: repo.url, branch: repo.branch };
  const settings = parseSettings(JSON.stringify({ gitops, environments: { [env]: { releases } } }));
  stores = { ...makeStores(embedded(), repo.url), settings };
  writer = makeWriterPorts(stores);
  renderer = { ...stores, ...NO_PROGRAMS, clock: Date.now };
  run += 1;
  app = `shop-${run}`;
}

/** Accepts versions of the app, oldest first. */
async function accepted(count: number, broken: readonly number[] = []): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    const version = { repositoryName: `acme/${app}`, sha: `sha${n}`, branch: 'main', event: 'push' };
    const manifests = broken.includes(n) ? { manifests: 'kind: nothing\n' } : {};
    const environments = [manifest(app, env, manifests)];
    const document = artifactDocument({ id: `${app}-${n}`, version, environments, context: { SHA: `${n}` } });
    ids.push((await accept(stores, document)).id);
  }
  return ids;
}

const decide = (artifactId: string) => decideArtifact(stores, { artifactId }, Date.now());
const render = (releaseId: string) => renderRelease(renderer, { releaseId });
const write = (...ids: string[]) => writeReleases(writer, ids, Date.now() + 55_000);
const get = async (id: string): Promise<Release> => {
  const release = await stores.releases.get(id);
  if (!release) throw new Error(`there is no release ${id}`);
  return release;
};
const stateOf = async (id: string) => (await get(id)).state;

/** The releases of artifacts, in their order. */
async function releasesOf(artifactIds: readonly string[]): Promise<string[]> {
  const decisions = await Promise.all(artifactIds.map((id) => stores.decisions.listFor(id)));
  return decisions.flat().flatMap(({ release }) => release?.id ?? []);
}

/** Three releases, decided. */
async function three(broken: readonly number[] = []): Promise<[string, string, string]> {
  const artifacts = await accepted(3, broken);
  for (const id of artifacts) await decide(id);
  return (await releasesOf(artifacts)) as [string, string, string];
}

function committed(): string[] {
  const commits = tipOf(repo.path, repo.branch) === null ? [] : writtenCommits(repo.path, repo.branch);
  expect(violations(commits)).toEqual([]);
  return commits.map(({ releaseId }) => releaseId);
}

describe('an environment that keeps all', () => {
  it('has each release written, in order, however the renderings end', async () => {
    const [first, second, third] = await three();
    await render(third);
    await render(second);
    await write(second, third);
    expect(await Promise.all([first, second, third].map(stateOf))).toEqual([
      'queued',
      'rendering',
      'rendering',
    ]);
    expect(committed()).toEqual([]);
    await render(first);
    await write(first);
    expect(await Promise.all([first, second, third].map(stateOf))).toEqual([
      'released',
      'released',
      'released',
    ]);
    expect(committed()).toEqual([first, second, third]);
    const { times, renderedAt } = await get(second);
    expect(times.ready).toBeGreaterThanOrEqual(renderedAt ?? Number.POSITIVE_INFINITY);
    expect(times.ready).toBeGreaterThanOrEqual((await get(first)).times.released ?? Number.POSITIVE_INFINITY);
  });

  it('is not what the others are: there only the newest is written', async () => {
    await begin('latest');
    const [first, second, third] = await three();
    for (const id of [third, second, first]) await render(id);
    await write(first);
    expect(committed()).toEqual([third]);
    expect(await stateOf(first)).toBe('superseded');
    expect(await stateOf(second)).toBe('superseded');
  });

  it('goes on when one of them can’t be rendered, or is cancelled', async () => {
    const [first, second, third] = await three([1]);
    for (const id of [second, third]) await render(id);
    await write(second, third);
    expect(await stateOf(second)).toBe('rendering');
    expect(await render(first)).toMatchObject({ state: 'failed' });
    // What the failed one's message does: it names it, and nobody else.
    await cancelRelease(stores, second, { cancelledBy: 'jane', now: Date.now() });
    await write(first);
    expect(committed()).toEqual([third]);
    expect(await stateOf(second)).toBe('cancelled');
  });

  it('has the writer woken by the one that failed or was cancelled', async () => {
    const sent: string[] = [];
    const outbox: Outbox = {
      send: async (...letters) => void sent.push(...letters.map(({ itemId }) => itemId)),
    };
    const [first, second] = await three([1]);
    await renderRelease({ ...renderer, outbox }, { releaseId: first });
    await cancelRelease({ ...stores, outbox }, second, { cancelledBy: 'jane', now: Date.now() });
    expect(sent).toEqual([first, second]);
  });

  it('goes on when the last look turns one away', async () => {
    const [first, second, third] = await three();
    for (const id of [first, second, third]) await render(id);
    const held = overriding(writer.targets, {
      get: async (target) => {
        const found = await stores.targets.get(target);
        const hold = { id: 'h', owner: 'jane', reason: 'no', since: 1 };
        return (await stateOf(second)) === 'ready' ? { ...found, hold } : found;
      },
    });
    await writeReleases({ ...writer, targets: held }, [first], Date.now() + 55_000);
    expect(await stateOf(second)).toBe('held');
    expect(committed()).toEqual([first, third]);
  });

  it('has rollbacks wait for their turn, too', async () => {
    const [first, second, third] = await three();
    await render(first);
    await write(first);
    const order = { app, env, to: first };
    const request = await requestRollback({ ...stores, newId: () => `r${run}` }, order, {
      triggeredBy: 'jane',
      now: Date.now(),
    });
    await executeRequest(stores, { requestId: request.id }, Date.now());
    const back = request.targets[0]?.releaseId ?? '';
    expect(await stateOf(back)).toBe('queued');
    await write(back);
    expect(await stateOf(back)).toBe('queued');
    // A hold came with it: what policies had released before is turned away, each when it is its turn.
    await render(second);
    await write(second);
    expect(await Promise.all([second, third, back].map(stateOf))).toEqual(['held', 'queued', 'queued']);
    await render(third);
    await write(third);
    expect(await Promise.all([third, back].map(stateOf))).toEqual(['held', 'unchanged']);
  });

  it('is decided in the order of acceptance, whatever order the queue has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async (shuffled) => {
        await begin('keep-all');
        const artifacts = await accepted(4);
        for (const index of shuffled) await decide(artifacts[index] ?? '');
        const releases = await releasesOf(artifacts);
        expect(releases).toHaveLength(4);
        for (const index of shuffled) await render(releases[index] ?? '');
        await write(releases[shuffled[0] ?? 0] ?? '');
        expect(committed()).toEqual(releases);
      }),
      { numRuns: 2 },
    );
  });

  it('is decided once by many at once', async () => {
    const artifacts = await accepted(4);
    await Promise.all([...artifacts, ...artifacts].toReversed().map(decide));
    const orders = await Promise.all((await releasesOf(artifacts)).map(async (id) => (await get(id)).order));
    expect(orders).toHaveLength(4);
    expect(orders).toEqual(orders.toSorted((a, b) => a - b));
  });

  it('does not wait for ever for a place whose release is never made', async () => {
    const [artifact = ''] = await accepted(1);
    const takenAt = Date.now();
    await stores.targets.allocateNext({ app, env }, { releaseId: 'rel-never', takenAt });
    await decide(artifact);
    const [release = ''] = await releasesOf([artifact]);
    await render(release);
    await write(release);
    expect(await stateOf(release)).toBe('rendering');
    const later = { ...writer, clock: () => takenAt + NEVER_MADE_MS };
    await writeReleases(later, [release], takenAt + NEVER_MADE_MS + 55_000);
    expect(committed()).toEqual([release]);
    expect((await stores.targets.get({ app, env })).line.map(({ releaseId }) => releaseId)).toEqual([
      release,
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6])('is finished when the writer dies at its move number %i', async (death) => {
    const [first, second, third] = await three();
    for (const id of [first, second, third]) await render(id);
    let moves = 0;
    const dying = overriding(writer.releases, {
      move: async (...args) => {
        moves += 1;
        if (moves === death) throw new Error('the writer was killed');
        return stores.releases.move(...args);
      },
    });
    const killed = writeReleases({ ...writer, releases: dying }, [first], Date.now() + 55_000);
    await expect(killed).rejects.toThrow('killed');
    const next = makeWriterPorts(stores);
    await writeReleases(next, [third], Date.now() + 55_000);
    expect(committed()).toEqual([first, second, third]);
  });

  it('that keeps only the latest from now on still writes what it promised, before what is newer', async () => {
    const [first, second] = await three();
    for (const id of [first, second]) await render(id);
    const latest = { ...stores, settings: parseSettings(JSON.stringify({ gitops: { repo: repo.url } })) };
    const order = { artifactId: `${app}-3`, env };
    const request = await requestRelease({ ...latest, newId: () => `l${run}` }, order, {
      triggeredBy: 'jane',
      now: Date.now(),
    });
    await executeRequest(latest, { requestId: request.id }, Date.now());
    const manual = request.targets[0]?.releaseId ?? '';
    await render(manual);
    await write(manual);
    expect(committed()).toEqual([first, second, manual]);
  });
});
