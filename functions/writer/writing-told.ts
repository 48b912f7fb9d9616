import type { MetricOf } from '../../shared/contract/metrics.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { unpublishedAge } from '../../shared/gitops/unpublished-age.ts';
import type { WriteReport } from '../../shared/gitops/write-releases.ts';
import type { Release } from '../../shared/release/release.ts';
import type { ReleaseState } from '../../shared/release/release-state.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { Meter } from '../../shared/runtime/meter.ts';

type WriterMeter = Meter<MetricOf<'writer'>>;

const COUNTED: Partial<Record<ReleaseState, MetricOf<'writer'>>> = {
  released: 'ReleasesCommitted',
  unchanged: 'ReleasesUnchanged',
  superseded: 'ReleasesSuperseded',
  failed: 'ReleasesFailed',
};

/** Counts each release that ends with the writer, and leaves one line in the log that says all of it. */
export function writingTold(meter: WriterMeter, logger: Pick<Logger, 'info'>): (release: Release) => void {
  return (release) => {
    const { id, app, env, artifactId, state, times, correlationId, commit, outcomeReason } = release;
    const counted = COUNTED[state];
    if (counted) meter.record(counted);
    const endedAt = times[state] ?? 0;
    const { acceptedAt, approval } = release;
    // How long people took to agree says nothing of us.
    if (state === 'released' && acceptedAt !== undefined && !approval) {
      meter.record('CommitLatency', Math.max(0, endedAt - acceptedAt));
    }
    const ms = endedAt - (times.queued ?? endedAt);
    const reason = outcomeReason;
    logger.info('release ended', {
      correlationId,
      releaseId: id,
      artifactId,
      env,
      app,
      state,
      commit,
      reason,
      ms,
    });
  };
}

/** Counts an invocation's pushes, and how old what is left behind is. */
export function lookTold(
  ports: Pick<WriterPorts, 'ready' | 'releases' | 'clock'>,
  meter: WriterMeter,
): (report: WriteReport) => Promise<void> {
  return async ({ branches, troubles }) => {
    for (const { pushes, conflicts } of branches) {
      meter.record('PushAttempts', pushes);
      meter.record('PushConflicts', conflicts);
    }
    for (const ref of [...branches, ...troubles]) {
      meter.record('UnpublishedAge', (await unpublishedAge(ports, ref)) / 1000);
    }
  };
}
