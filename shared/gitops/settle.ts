import type { Release } from '../release/release.ts';
import { isTerminal } from '../release/release-state.ts';
import { type PastRollback, withRollback } from '../release/undone.ts';
import type { Oid } from './git-engine.ts';
import type { WriterPorts } from './ports.ts';

/** That a release is in the repo, and how it got there. */
export interface Written {
  readonly outcome: 'released' | 'unchanged';
  /** Absent for `unchanged` when the repo was so before we ever wrote to it. */
  readonly commit?: Oid;
  /** Where the commit stands in its branch. */
  readonly place?: string;
  /** Of its directory, null when that is gone; absent when it is not known. */
  readonly tree?: Oid | null;
  readonly drifted?: boolean;
}

type SettlePorts = Pick<WriterPorts, 'releases' | 'targets' | 'clock'>;

/**
 * Records that a release is in the repo: its target first, then itself, so that what is answered of a target is
 * never older than what is answered of its releases. Doing it twice does nothing.
 */
export async function settleWritten(ports: SettlePorts, release: Release, written: Written): Promise<void> {
  const now = ports.clock();
  const { commit, place } = written;
  const running = {
    releaseId: release.id,
    artifactId: release.artifactId,
    order: release.order,
    ...(commit !== undefined && { commit }),
    ...(written.outcome === 'unchanged' && { unchanged: true as const }),
    ...(place !== undefined && { place }),
    ...(written.tree !== undefined && { tree: written.tree }),
    writtenAt: now,
  };
  await ports.targets.recordWritten(release, running, await rollbacksWith(ports, release));
  if (written.outcome === 'released' && commit !== undefined && place !== undefined) {
    await ports.releases.recordCommit(release, { commit, place });
  }
  await end(ports, release, {
    state: written.outcome,
    ...(commit !== undefined && { commit }),
    ...(place !== undefined && { place }),
    ...(written.tree && { tree: written.tree }),
    ...(written.drifted === true && { drifted: true }),
  });
}

/** The rollbacks of a target once this release is written; undefined when it is none. */
async function rollbacksWith(
  { targets, releases }: SettlePorts,
  release: Release,
): Promise<PastRollback[] | undefined> {
  const { change, order } = release;
  if (change.kind !== 'rollback') return undefined;
  const [restored, { rollbacks }] = await Promise.all([releases.get(change.restores), targets.get(release)]);
  return restored && withRollback(rollbacks, { order, restores: restored.order });
}

/** Ends a release that is not going to be written, with the reason for people. */
export function settleUnwritten(
  ports: SettlePorts,
  release: Release,
  ending: {
    readonly state: 'superseded' | 'held' | 'failed' | 'expired';
    readonly outcomeReason: string;
    readonly errorCode?: string;
  },
): Promise<void> {
  return end(ports, release, ending);
}

async function end(
  { releases, clock }: SettlePorts,
  release: Release,
  change: Partial<Release> & Pick<Release, 'state'>,
): Promise<void> {
  const times = { ...release.times, [change.state]: clock() };
  if (await releases.move(release, { ...change, times })) return;
  // Somebody moved it meanwhile; if that was a writer before us, it has ended, and else the next one will see to it.
  const stored = await releases.get(release.id);
  if (stored && !isTerminal(stored.state))
    await releases.move(stored, { ...change, times: { ...stored.times, ...times } });
}
