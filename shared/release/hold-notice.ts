import { type Notice, noticeId } from '../notification/notice.ts';
import type { Hold } from '../policy/gates.ts';
import type { TargetName } from './release.ts';

export function placedNotice({ app, env }: TargetName, hold: Hold): Notice {
  const { id, owner, reason, since, until } = hold;
  return {
    id: noticeId('hold', id, 'placed'),
    type: 'hold.placed',
    at: since,
    env,
    app,
    text: `Automation of ${env}/${app} is held by ${owner}`,
    reason,
    data: { holdId: id, owner, since, ...(until !== undefined && { until }) },
  };
}

/** `by`: who lifts it; undefined when its time is over. */
export function liftedNotice(
  { app, env }: TargetName,
  { id, owner, reason, since }: Hold,
  { by, at }: { readonly by?: string; readonly at: number },
): Notice {
  return {
    id: noticeId('hold', id, 'lifted'),
    type: 'hold.lifted',
    at,
    env,
    app,
    text: by === undefined ? `The hold of ${env}/${app} is over` : `${by} resumed ${env}/${app}`,
    reason: `it was held by ${owner}: ${reason}`,
    data: { holdId: id, owner, since, ...(by !== undefined && { liftedBy: by }) },
  };
}
