import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commitPlace } from '../../shared/gitops/journal.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import type { ReleaseRequest } from '../../shared/release/request.ts';
import { requestDeletion } from '../../shared/release/request-deletion.ts';
import { requestRollback } from '../../shared/release/request-rollback.ts';
import type { TestRepo } from '../support/git-server.ts';
import { fsckStrict, git, tipOf } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { embeddedForTests, gitServerForTests } from '../support/services-for-tests.ts';
import { makeStores, type Stores } from '../support/stores.ts';
import { makeWriterPorts } from '../support/writer.ts';

const embedded = embeddedForTests();
const server = gitServerForTests();
let run = 0;

type Step =
  | { readonly does: 'release'; readonly apps: readonly number[] }
  | { readonly does: 'delete'; readonly app: number }
  | { readonly does: 'rollback'; readonly app: number; readonly to: number };

const app = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('release' as const),
      apps: fc.uniqueArray(app, { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('delete' as const), app }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('rollback' as const), app, to: fc.nat() }) },
);

it('an app is after a rollback what it was at that commit, and no other app has changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
      const world = await World.make();
      for (const one of steps) await world.take(one);
      if (world.commits.length > 0) fsckStrict(world.repo.path);
    }),
    { numRuns: 4 },
  );
}, 180_000);

it('places sort as their pushes did, and within a push as its commits', () => {
  const place = fc.record({ epoch: fc.nat({ max: 9_999_999 }), index: fc.nat({ max: 20_000 }) });
  fc.assert(
    fc.property(place, place, (x, y) => {
      const [a, b] = [commitPlace(x, x.index), commitPlace(y, y.index)];
      expect(Math.sign(x.epoch - y.epoch || x.index - y.index)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

class World {
  readonly repo: TestRepo;
  readonly #stores: Stores;
  readonly #writer: WriterPorts;
  readonly #apps: readonly string[];

  private constructor(repo: TestRepo) {
    this.repo = repo;
    this.#stores = makeStores(embedded(), repo.url);
    this.#writer = makeWriterPorts(this.#stores);
    run += 1;
    this.#apps = ['a', 'b', 'c'].map((name) => `${name}-${run}`);
  }

  static async make(): Promise<World> {
    return new World(await server().createRepo());
  }

  /** Oldest first. */
  get commits(): string[] {
    if (tipOf(this.repo.path, this.repo.branch) === null) return [];
    return git(this.repo.path, ['rev-list', '--reverse', this.repo.branch]).split('\n');
  }

  async take(step: Step): Promise<void> {
    if (step.does === 'release') return this.#release(step.apps);
    const name = this.#apps[step.app] ?? '';
    return step.does === 'delete' ? this.#delete(name) : this.#rollBack(name, step.to);
  }

  async #release(apps: readonly number[]): Promise<void> {
    const ids: string[] = [];
    for (const index of apps) {
      const target = { app: this.#apps[index] ?? '', env: 'staging' };
      const order = await this.#stores.targets.allocateNext(target);
      ids.push((await readyRelease(this.#stores, this.repo, { ...target, order, automatic: false })).id);
    }
    await writeReleases(this.#writer, ids, Date.now() + 55_000);
  }

  async #delete(name: string): Promise<void> {
    const asked = requestDeletion(this.#ports(), { app: name, env: 'staging' }, this.#context());
    if (this.#treeAt('HEAD', name) === null)
      await expect(asked).rejects.toMatchObject({ code: 'nothing-runs' });
    else await this.#write(await asked);
    expect(this.#treeAt('HEAD', name)).toBeNull();
  }

  async #rollBack(name: string, to: number): Promise<void> {
    const { commits } = this;
    const commit = commits[to % Math.max(commits.length, 1)] ?? '0'.repeat(40);
    const asked = requestRollback(this.#ports(), { app: name, env: 'staging', to: commit }, this.#context());
    const before = this.#apps.map((one) => this.#treeAt('HEAD', one));
    const wasWritten = commits
      .slice(0, commits.indexOf(commit) + 1)
      .some((one) => this.#treeAt(one, name) !== null);
    if (wasWritten) await this.#write(await asked);
    else await expect(asked).rejects.toMatchObject({ code: 'rollback-target-not-found' });
    const wanted = wasWritten ? this.#treeAt(commit, name) : before[this.#apps.indexOf(name)];
    expect(this.#apps.map((one) => this.#treeAt('HEAD', one))).toEqual(
      before.map((tree, index) => (this.#apps[index] === name ? wanted : tree)),
    );
    expect(this.commits.length - commits.length).toBeLessThanOrEqual(1);
  }

  async #write(request: ReleaseRequest): Promise<void> {
    await executeRequest(this.#stores, { requestId: request.id }, Date.now());
    await writeReleases(this.#writer, [request.targets[0]?.releaseId ?? ''], Date.now() + 55_000);
  }

  #treeAt(commit: string, name: string): string | null {
    const at = commit === 'HEAD' ? tipOf(this.repo.path, this.repo.branch) : commit;
    if (at === null) return null;
    return git(this.repo.path, ['ls-tree', '--object-only', at, `staging/${name}`]) || null;
  }

  #ports() {
    return { ...this.#stores, newId: () => Math.random().toString(36).slice(2) };
  }

  #context() {
    return { triggeredBy: 'jane', now: Date.now() };
  }
}
