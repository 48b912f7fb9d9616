import { type Notice, noticeId } from '../notification/notice.ts';
import type { BranchRef } from './git-engine.ts';
import type { Pause } from './pause.ts';

export function pausedNotice({ url, branch }: BranchRef, { reason, since, off }: Pause): Notice {
  return {
    id: noticeId('pause', url, branch, since, 'paused'),
    type: 'repo.paused',
    at: since,
    text: off ? `Nothing is written to ${url} (${branch})` : `${url} (${branch}) can't be written to`,
    reason,
    data: { gitopsRepo: url, gitopsBranch: branch, since, ...(off && { off }) },
  };
}

/** `at`: when the branch was written to, or could be, again. */
export function resumedNotice({ url, branch }: BranchRef, { since, probes, off }: Pause, at: number): Notice {
  return {
    // A branch that is refused again before its pause was cleared has another resumption before it.
    id: noticeId('pause', url, branch, since, 'resumed', probes),
    type: 'repo.resumed',
    at,
    text: `${url} (${branch}) is written to again`,
    data: { gitopsRepo: url, gitopsBranch: branch, since, ...(off && { off }) },
  };
}
