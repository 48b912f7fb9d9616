import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import type { Release } from '../../shared/release/release.ts';
import type { ReleaseRequest } from '../../shared/release/request.ts';
import { type RollbackOrder, requestRollback } from '../../shared/release/request-rollback.ts';
import type { TestRepo } from './git-server.ts';
import { git, tipOf } from './native-git.ts';
import { readyRelease } from './ready-release.ts';
import type { GivenGitOps } from './services-for-tests.ts';
import type { Stores } from './stores.ts';
import { makeWriterPorts } from './writer.ts';

/** The environment of what is released. */
export const ENV = 'staging';

/** Who asks, and when. */
export const context = (more: { readonly idempotencyKey?: string } = {}) => ({
  triggeredBy: 'jane',
  now: Date.now(),
  ...more,
});

/** Apps of one test that are released, and then changed by what somebody asks for. */
export class ReleasedApps {
  /** Two of the test's own. */
  readonly a: string;
  readonly b: string;
  readonly repo: TestRepo;
  readonly stores: Stores;
  readonly #writer: WriterPorts;

  constructor({ stores, repo, run }: GivenGitOps) {
    this.stores = stores;
    this.repo = repo;
    this.#writer = makeWriterPorts(stores);
    [this.a, this.b] = [`shop-${run}`, `db-${run}`];
  }

  /** What requests are made with. */
  ports() {
    return { ...this.stores, newId: () => Math.random().toString(36).slice(2) };
  }

  tip(): string {
    return tipOf(this.repo.path, this.repo.branch) as string;
  }

  commits(): number {
    return Number(git(this.repo.path, ['rev-list', '--count', this.repo.branch]));
  }

  /** The tree of an app's directory in a commit. */
  treeOf(commit: string, app: string): string {
    return git(this.repo.path, ['rev-parse', `${commit}:${ENV}/${app}`]);
  }

  write(...ids: string[]) {
    return writeReleases(this.#writer, ids, Date.now() + 55_000);
  }

  /** What a policy has released of an app, written. */
  async released(app: string, n: number): Promise<Release> {
    const order = await this.stores.targets.allocateNext({ app, env: ENV });
    const files = { 'configmap.yaml': `app: ${app}\nn: ${n}\n`, [`only-in-${n}.yaml`]: 'x: 1\n' };
    const fields = { app, env: ENV, order, files, triggeredBy: `policy-${n}` };
    return this.written((await readyRelease(this.stores, this.repo, fields)).id);
  }

  async written(id: string): Promise<Release> {
    await this.write(id);
    const release = await this.stores.releases.get(id);
    if (!release?.commit) throw new Error(`release ${id} is ${release?.state}: ${release?.outcomeReason}`);
    return release;
  }

  /** What a request came to when it is executed and written. */
  async done(request: ReleaseRequest): Promise<Release> {
    await executeRequest(this.stores, { requestId: request.id }, Date.now());
    return this.written(request.targets[0]?.releaseId ?? '');
  }

  /** A queued release, given files as a renderer would, written. */
  async rendered(id: string): Promise<Release> {
    const { releases, bundles } = this.stores;
    const queued = await releases.get(id);
    const rendering = queued && (await releases.move(queued, { state: 'rendering' }));
    const bundle = await bundles.put(new Map([['configmap.yaml', 'a: 1\n']]));
    const ready = rendering && (await releases.move(rendering, { state: 'ready', bundle }));
    return this.written(ready?.id ?? '');
  }

  rollback(to: string, order: Partial<RollbackOrder> = {}): Promise<ReleaseRequest> {
    return requestRollback(this.ports(), { app: this.a, env: ENV, to, ...order }, context());
  }
}
