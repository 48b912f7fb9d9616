import type { Page, PageRequest } from '../../artifact/browse-artifacts.ts';
import type { AuditEvent } from '../../audit/event.ts';
import { answerBytes, MAX_PAGE_BYTES, MAX_SCANNED } from '../../contract/page-limits.ts';
import { TABLE } from '../../contract/table.ts';
import type { BranchRef } from '../../gitops/git-engine.ts';
import type { ReadyReleases } from '../../gitops/ports.ts';
import type { Mark } from '../../messages/mark.ts';
import type {
  ReleaseFilter,
  ReleasePageRequest,
  WaitingBrowser,
  WaitingFilter,
} from '../../release/browse-releases.ts';
import type {
  CommittedRelease,
  EndedReleases,
  Releases,
  WaitingReleases,
  WrittenReleases,
} from '../../release/ports.ts';
import { madeAt, type Release, type TargetName } from '../../release/release.ts';
import { canMove, type ReleaseState } from '../../release/release-state.ts';
import { waitsForTurn } from '../../release/waits-for-turn.ts';
import { keys, partitions, timeKey } from './keys.ts';
import { markAttributes, REMOVE_MARK } from './mark-attributes.ts';
import type { Placed } from './newest-first.ts';
import type { Item, TableClient } from './table-client.ts';

/** Releases: each change replaces the item, on condition that its revision is the one that was read. */
export class ReleaseStore
  implements Releases, EndedReleases, ReadyReleases, WrittenReleases, WaitingReleases, WaitingBrowser
{
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  create(release: Release, mark: Mark): Promise<boolean> {
    return this.table.putNew(keys.release(release.id), itemOf(release, mark), created(release));
  }

  async get(id: string): Promise<Release | undefined> {
    const item = await this.table.get(keys.release(id));
    return item && releaseOf(item);
  }

  async getMany(ids: readonly string[]): Promise<Release[]> {
    return (await this.table.getMany(ids.map((id) => keys.release(id)))).map(releaseOf);
  }

  async move(
    release: Release,
    change: Partial<Release> & Pick<Release, 'state'>,
    mark?: Mark,
  ): Promise<Release | undefined> {
    if (!canMove(release.state, change.state)) {
      throw new Error(`release ${release.id} can't go from ${release.state} to ${change.state}`);
    }
    const next: Release = { ...release, ...change, revision: release.revision + 1 };
    const isMoved = await this.table.replace(
      keys.release(release.id),
      itemOf(next, mark),
      moved(release, next),
      {
        ConditionExpression: '#release.#revision = :revision',
        ExpressionAttributeNames: { '#release': 'release', '#revision': 'revision' },
        ExpressionAttributeValues: { ':revision': release.revision },
      },
    );
    return isMoved ? next : undefined;
  }

  async markTold({ id, revision }: Release): Promise<void> {
    await this.table.update(
      keys.release(id),
      {
        UpdateExpression: REMOVE_MARK,
        ConditionExpression: '#release.#revision = :revision',
        ExpressionAttributeNames: { '#mark': 'mark', '#release': 'release', '#revision': 'revision' },
        ExpressionAttributeValues: { ':revision': revision },
      },
      { notAudited: 'that it is told changes nothing' },
    );
  }

  async lookAgain({ id, revision }: Release, mark: Mark): Promise<void> {
    const key = keys.release(id);
    const { duePk, dueSk } = markAttributes(key, mark);
    await this.table.update(
      key,
      {
        UpdateExpression: 'SET #mark = :mark, duePk = :duePk, dueSk = :dueSk',
        ConditionExpression: '#release.#revision = :revision',
        ExpressionAttributeNames: { '#mark': 'mark', '#release': 'release', '#revision': 'revision' },
        ExpressionAttributeValues: { ':revision': revision, ':mark': mark, ':duePk': duePk, ':dueSk': dueSk },
      },
      { notAudited: 'when it is looked at next changes nothing' },
    );
  }

  async list({ url, branch }: BranchRef, limit: number): Promise<string[]> {
    const query = {
      index: 'gsi3',
      partition: partitions.readyReleases(url, branch),
      newestFirst: false,
    } as const;
    const ids: string[] = [];
    for await (const item of this.table.query(query, Math.min(limit, 1_000))) {
      ids.push(releaseOf(item).id);
      if (ids.length >= limit) break;
    }
    return ids;
  }

  async recordCommit(
    { id, app, env, location }: Release,
    { commit, place }: { readonly commit: string; readonly place: string },
  ): Promise<void> {
    const { repo, branch } = location;
    const carried: CommittedRelease = { releaseId: id, app, env, repo, branch, place };
    await this.table.put(keys.commit(commit), { ...carried }, { notAudited: 'the release says so' });
  }

  async findCommit(commit: string): Promise<CommittedRelease | undefined> {
    return (await this.table.get(keys.commit(commit))) as CommittedRelease | undefined;
  }

  async lastWritten(
    target: TargetName,
    { repo, branch, place }: Pick<CommittedRelease, 'repo' | 'branch' | 'place'>,
  ): Promise<Release | undefined> {
    const partition = partitions.writtenReleases(target, repo, branch);
    const query = { index: 'gsi3', partition, to: place, newestFirst: true } as const;
    for await (const item of this.table.query(query, 1)) return releaseOf(item);
    return undefined;
  }

  browse(filter: ReleaseFilter, page: ReleasePageRequest): Promise<Page<Release>> {
    return pageOf(this.placed(filter, page), (release) => isWanted(release, filter), page);
  }

  browseWaiting(filter: WaitingFilter, page: PageRequest): Promise<Page<Release>> {
    const { env, app, visible } = filter;
    const isSought = (release: Release) =>
      (env === undefined || release.env === env) && (app === undefined || release.app === app);
    const wanted = (release: Release) => isSought(release) && visible(release);
    return pageOf(this.placedWaiting(page), wanted, page);
  }

  private async *placedWaiting({ after }: PageRequest): AsyncGenerator<Placed, void, void> {
    const query = {
      index: 'gsi3',
      partition: partitions.waitingReleases(),
      newestFirst: true,
      ...(after !== undefined && { after }),
    } as const;
    for await (const item of this.table.query(query, 50)) yield { item, place: String(item['gsi3sk']) };
  }

  private async *placed(
    { env, app, since, until }: ReleaseFilter,
    { after, oldestFirst = false }: ReleasePageRequest,
  ): AsyncGenerator<Placed, void, void> {
    const index = app === undefined ? 'gsi2' : 'gsi1';
    const partition =
      app === undefined ? partitions.releasesOfEnvironment(env) : partitions.releasesOfTarget({ app, env });
    const query = {
      index,
      partition,
      newestFirst: !oldestFirst,
      ...(since !== undefined && { from: timeKey(since, '') }),
      ...(until !== undefined && { to: timeKey(until, '~') }),
      ...(after !== undefined && { after }),
    } as const;
    const { sortKey } = TABLE.indexes[index];
    for await (const item of this.table.query(query, 50)) yield { item, place: String(item[sortKey]) };
  }
}

/** A page of what an index finds; it ends at its limit, at 4 MiB, or where too many were looked at. */
async function pageOf(
  found: AsyncIterable<Placed>,
  wanted: (release: Release) => boolean,
  { offset, limit }: PageRequest,
): Promise<Page<Release>> {
  const items: Release[] = [];
  let skip = offset;
  let bytes = 0;
  let scanned = 0;
  let last: string | undefined;
  for await (const { item, place } of found) {
    const release = releaseOf(item);
    if (wanted(release) && skip-- <= 0) {
      const size = answerBytes(release);
      const isFull = items.length >= limit || (items.length > 0 && bytes + size > MAX_PAGE_BYTES);
      if (isFull) return last === undefined ? { items } : { items, next: last };
      items.push(release);
      bytes += size;
    }
    last = place;
    scanned += 1;
    if (scanned >= MAX_SCANNED) return { items, next: place };
  }
  return { items };
}

/** Whether what the index has found is asked for, and may be seen. */
function isWanted(release: Release, { repository, visible }: ReleaseFilter): boolean {
  if (repository !== undefined && release.version.repositoryName !== repository) return false;
  return visible === undefined || visible(release);
}

/** The entry of a new release: who wanted it, and why it is made. */
function created(release: Release): AuditEvent {
  const { triggeredBy, reason, change, cause, policy, order, freezeOverride } = release;
  return {
    ...eventOf(release),
    action: 'release.create',
    actor: triggeredBy,
    reason,
    details: { change: change.kind, cause, policy, order, freezeOverride },
  };
}

/** The entry of a step of its life, and why it ends where it does. */
function moved(before: Release, { errorCode, bundle, commit, ...after }: Release): AuditEvent {
  const approved = newApproval(before, after);
  const reason = after.outcomeReason ?? approved?.reason;
  return {
    ...eventOf(after),
    action: approved ? 'release.approve' : (ACTIONS[after.state] ?? 'release.move'),
    ...(reason !== undefined && { reason }),
    details: {
      from: before.state,
      errorCode,
      bundle,
      commit,
      approvals: approved && after.approval?.given.length,
    },
  };
}

/** Steps that somebody takes, rather than one of our functions. */
const ACTIONS: Readonly<Partial<Record<ReleaseState, string>>> = {
  cancelled: 'release.cancel',
  rejected: 'release.reject',
};

function newApproval(before: Pick<Release, 'approval'>, after: Pick<Release, 'approval'>) {
  return after.approval?.given[before.approval?.given.length ?? 0];
}

function eventOf({
  id,
  state,
  app,
  env,
  artifactId,
}: Pick<Release, 'id' | 'state' | 'app' | 'env' | 'artifactId'>): Omit<AuditEvent, 'action'> {
  return { object: `release/${id}`, outcome: state, app, env, artifactId };
}

function itemOf(release: Release, mark: Mark | undefined): Item {
  const key = keys.release(release.id);
  const place = timeKey(madeAt(release), release.id);
  const target: TargetName = release;
  return {
    release,
    gsi1pk: partitions.releasesOfTarget(target),
    gsi1sk: place,
    gsi2pk: partitions.releasesOfEnvironment(release.env),
    gsi2sk: place,
    ...placeInQueue(release, place),
    ...(mark && markAttributes(key, mark)),
  };
}

/** Among what waits for approval, for its branch, or among what of its target was written there. */
function placeInQueue(release: Release, made: string): Item {
  const { repo, branch } = release.location;
  if (release.state === 'waiting') return { gsi3pk: partitions.waitingReleases(), gsi3sk: made };
  if (release.state === 'ready' || release.state === 'writing' || waitsForTurn(release)) {
    return { gsi3pk: partitions.readyReleases(repo, branch), gsi3sk: made };
  }
  if (release.state !== 'released' || release.place === undefined) return {};
  return { gsi3pk: partitions.writtenReleases(release, repo, branch), gsi3sk: release.place };
}

function releaseOf(item: Item): Release {
  return item['release'] as Release;
}
