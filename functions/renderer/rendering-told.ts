import type { MetricOf } from '../../shared/contract/metrics.ts';
import type { Release } from '../../shared/release/release.ts';
import type { Meter } from '../../shared/runtime/meter.ts';

/** Counts what became of renderings. */
export function renderingTold(meter: Meter<MetricOf<'renderer'>>) {
  return {
    ready({ times, renderedAt = 0 }: Release): void {
      meter.record('ReleasesRendered');
      const took = renderedAt - (times.rendering ?? 0);
      meter.record('RenderDuration', Math.max(0, took));
    },
    ended({ state }: Release): void {
      if (state === 'failed') meter.record('ReleasesFailed');
    },
  };
}
