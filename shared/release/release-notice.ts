import { type Notice, type NoticeType, noticeId } from '../notification/notice.ts';
import { type Approval, waitsFor } from './approval.ts';
import type { Release } from './release.ts';
import type { ReleaseState } from './release-state.ts';

const TYPE: Readonly<Partial<Record<ReleaseState, NoticeType>>> = {
  waiting: 'release.waiting',
  rejected: 'release.rejected',
  expired: 'release.expired',
  unchanged: 'release.unchanged',
  superseded: 'release.superseded',
  held: 'release.held',
  failed: 'release.failed',
  cancelled: 'release.cancelled',
};
const WRITTEN = {
  deploy: { type: 'release.released', done: 'released' },
  rollback: { type: 'release.rolledBack', done: 'rolled back' },
  delete: { type: 'release.deleted', done: 'deleted' },
} as const;

/** What is told of a release that waits for people or has ended; undefined of any other. */
export function releaseNotice(release: Release): Notice | undefined {
  const { id, app, env, state, change, times, outcomeReason } = release;
  const type = state === 'released' ? WRITTEN[change.kind].type : TYPE[state];
  if (!type) return undefined;
  return {
    id: noticeId('release', id, state),
    type,
    at: times[state] ?? 0,
    env,
    app,
    text: sentence(release),
    ...(outcomeReason !== undefined && { reason: outcomeReason }),
    data: facts(release),
  };
}

function sentence(release: Release): string {
  const { app, env, state, change, automatic, triggeredBy, version } = release;
  const by = automatic ? 'automatically' : `by ${triggeredBy}`;
  const what = `${env}/${app}`;
  if (state === 'released') {
    const to = change.kind === 'delete' ? '' : ` to ${version.sha.slice(0, 12)}`;
    return `${what} was ${WRITTEN[change.kind].done}${to} ${by}`;
  }
  const asked = change.kind === 'deploy' ? `release of ${version.sha.slice(0, 12)}` : change.kind;
  return `${what}: the ${asked}, asked for ${by}, ${becameOf(release)}`;
}

function becameOf({ state, approval }: Release): string {
  switch (state) {
    case 'unchanged':
      return 'changed nothing';
    case 'failed':
    case 'expired':
      return state;
    case 'waiting':
      return approval ? `waits for ${waitsFor(approval)}` : state;
    default:
      return `was ${state}`;
  }
}

function facts(release: Release): Record<string, unknown> {
  const { id, artifactId, version, state, change, triggeredBy, policy, order, commit, errorCode } = release;
  const { repositoryName, sha, branch, tag, event, authorName, message, url } = version;
  return {
    releaseId: id,
    artifactId,
    state,
    change: change.kind,
    triggeredBy,
    ...(policy !== undefined && { policy }),
    order,
    decision: release.reason,
    version: { repositoryName, sha, branch, tag, event, authorName, message, url },
    ...(release.approval && { approval: approvalFacts(release.approval) }),
    gitopsRepo: release.location.repo,
    gitopsBranch: release.location.branch,
    ...(commit !== undefined && { commit }),
    ...(errorCode !== undefined && { errorCode }),
    ...(release.correlationId !== undefined && { correlationId: release.correlationId }),
  };
}

function approvalFacts({ required, expiresAt, given }: Approval): Record<string, unknown> {
  return { required, expiresAt, approvedBy: given.map(({ name }) => name) };
}
