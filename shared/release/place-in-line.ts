import type { TargetName } from './release.ts';
import { releaseMode, type Settings } from './settings.ts';

/**
 * A place among the releases of a target that are each to be written; it is taken together with the order, so that
 * whoever comes later finds all that came before.
 */
export interface PlaceInLine {
  readonly releaseId: string;
  /** Unix milliseconds. */
  readonly takenAt: number;
}

/** The place that a release takes; none where older ones give way. */
export function placeInLine(
  settings: Pick<Settings, 'environments'>,
  { env }: Pick<TargetName, 'env'>,
  place: PlaceInLine,
): PlaceInLine | undefined {
  return releaseMode(settings, env) === 'keep-all' ? place : undefined;
}
