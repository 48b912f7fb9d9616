import { expect } from 'vitest';
import { roleGrants } from '../../shared/access/role-grants.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { Person } from '../../shared/release/approval.ts';
import { approveRelease, rejectRelease } from '../../shared/release/approve-release.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import { lookAfterApproval } from '../../shared/release/look-after-approval.ts';
import type { Release } from '../../shared/release/release.ts';
import { renderRelease } from '../../shared/release/render-release.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { Embedded } from './embedded.ts';
import type { TestRepo } from './git-server.ts';
import { NO_PROGRAMS } from './rendering.ts';
import type { GivenGitOps } from './services-for-tests.ts';
import { accept, artifactDocument, manifest, markOf, type Stores } from './stores.ts';
import { makeWriterPorts } from './writer.ts';

export const HOUR = 3_600_000;
export const NOW = Date.parse('2026-11-30T12:00:00Z');
/** The environment that asks for approvals. */
export const ENV = 'production';
export const ANN: Person = { id: 'token-ann', name: 'Ann' };
export const BOB: Person = { id: 'token-bob', name: 'Bob' };
export const CI: Person = { id: 'token-ci', name: 'shop-ci' };
export const RULE = { required: 2, withinHours: 24 };
const CHANNELS = [{ type: 'log', name: 'all' }];

/** An app of one test, whose releases to an environment need approvals. */
export class AppWithApprovals {
  readonly embedded: Embedded;
  readonly repo: TestRepo;
  readonly name: string;
  stores: Stores;

  constructor({ embedded, repo, stores, run }: GivenGitOps) {
    this.embedded = embedded;
    this.repo = repo;
    this.name = `shop-${run}`;
    this.stores = stores;
    this.setEnvironment({ approvals: RULE });
  }

  /** Puts other settings of the environment in place. */
  setEnvironment(environment: Readonly<Record<string, unknown>>): void {
    const { url, branch } = this.repo;
    const environments = { [ENV]: environment };
    const settings = { gitops: { repo: url, branch }, environments, notifications: CHANNELS };
    this.stores = { ...this.stores, settings: parseSettings(JSON.stringify(settings)) };
  }

  /** Version `n` of the app, as CI pushes it; answers the artifact's id. */
  async pushed(n: number, deploy: unknown = { event: 'push', branch: 'main' }): Promise<string> {
    const author = { authorName: 'Jane Doe', authorEmail: 'jane@acme.com' };
    const commit = { repositoryName: `acme/${this.name}`, sha: `sha${n}`, branch: 'main', event: 'push' };
    const environments = [manifest(this.name, ENV, { deploy })];
    const fields = { id: `${this.name}-${n}`, version: { ...commit, ...author }, context: { SHA: `${n}` } };
    const grants = roleGrants({ role: 'ci', apps: ['*'], repositories: ['*'], environments: [ENV] });
    return (await accept(this.stores, artifactDocument({ ...fields, environments }), NOW, { ...CI, grants }))
      .id;
  }

  /** What a policy releases of version `n`. */
  async automatic(n = 1, now = NOW): Promise<Release> {
    const decisions = await decideArtifact(this.stores, { artifactId: await this.pushed(n) }, now);
    const { outcome, release, conditions } = decisions?.[0] ?? {};
    expect(outcome).toBe('awaitingApproval');
    expect(conditions).toContainEqual({
      name: 'approval',
      holds: false,
      wanted: '2 approvals',
      saw: 'none so far',
    });
    return this.get(release?.id ?? 'none');
  }

  /** The release of a request when it is executed. */
  async made(request: { readonly id: string }, now = NOW): Promise<Release> {
    const executed = await executeRequest(this.stores, { requestId: request.id }, now);
    return this.get(executed?.targets[0]?.releaseId ?? 'none');
  }

  async get(id: string): Promise<Release> {
    const release = await this.stores.releases.get(id);
    if (!release) throw new Error(`there is no release ${id}`);
    return release;
  }

  approve(id: string, by: Person, now = NOW, ports: Stores = this.stores) {
    return approveRelease(ports, id, { by, now });
  }

  reject(id: string, by: Person, reason: string) {
    return rejectRelease(this.stores, id, { by, reason, now: NOW });
  }

  lookAfter(releaseId: string, now = NOW) {
    return lookAfterApproval(this.stores, { releaseId }, now);
  }

  render(releaseId: string) {
    return renderRelease({ ...this.stores, ...NO_PROGRAMS, clock: Date.now }, { releaseId });
  }

  write(...ids: string[]) {
    return writeReleases(makeWriterPorts(this.stores), ids, Date.now() + 55_000);
  }

  /** The mark that a release has now. */
  marked({ id }: Release) {
    return markOf(this.stores, keys.release(id));
  }

  async waitingIds(): Promise<string[]> {
    const all = { app: this.name, visible: () => true };
    const { items } = await this.stores.releases.browseWaiting(all, { limit: 100, offset: 0 });
    return items.map(({ id }) => id);
  }

  /** Version `n`, approved by both and written. */
  async written(n: number): Promise<Release> {
    const { id } = await this.automatic(n);
    await this.approve(id, ANN);
    await this.approve(id, BOB);
    await this.render(id);
    await this.write(id);
    const release = await this.get(id);
    expect(release.state).toBe('released');
    return release;
  }
}
