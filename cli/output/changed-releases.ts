import type { ChangedReleasesAnswer } from '../../shared/contract/requests.ts';
import type { Output } from './output.ts';

/** What became of releases by what was just done to them. */
export function sayChanged({ releases }: ChangedReleasesAnswer, output: Output): void {
  output.table(
    ['RELEASE', 'TARGET', 'STATE', 'WHY'],
    releases.map(({ id, env, app, state, outcomeReason = '' }) => [
      id,
      `${env}/${app}`,
      state,
      outcomeReason,
    ]),
  );
}
