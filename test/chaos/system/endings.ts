import type { ReleaseAnswer } from '../../../shared/contract/answers.ts';
import type { HistoryCommit } from '../history.ts';
import type { Ended, Subscription } from '../notices.ts';
import { PRODUCTION } from './lane.ts';

const ENDINGS = [
  'released',
  'failed',
  'held',
  'rejected',
  'expired',
  'superseded',
  'unchanged',
  'cancelled',
] as const;

/** One that is told everything, quiet things too, and one that is told some of it. */
export const SUBSCRIPTIONS: readonly Subscription[] = [
  {
    name: 'everything',
    events: [...ENDINGS.map((state) => `release.${state}`), 'release.waiting', 'repo.paused', 'repo.resumed'],
  },
  {
    name: 'production',
    events: ['release.released', 'release.rejected', 'release.waiting'],
    environments: [PRODUCTION],
  },
];

/** How the releases ended that have: whether one is written the branch says, all else the API. */
export function endings(
  releases: readonly ReleaseAnswer[],
  history: readonly HistoryCommit[],
): readonly Ended[] {
  const written = new Set(history.map(({ release }) => release?.id));
  return releases
    .filter(({ id, terminal }) => terminal || written.has(id))
    .map(({ id, env, state }) => {
      if (written.has(id)) return { id, env, state: 'released' };
      return { id, env, state: state === 'released' ? 'not in the branch' : state };
    });
}
