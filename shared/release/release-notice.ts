import { type Notice, type NoticeType, noticeId } from '../notification/notice.ts';
import type { Release } from './release.ts';
import type { ReleaseState } from './release-state.ts';

const TYPE: Readonly<Partial<Record<ReleaseState, NoticeType>>> = {
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

/** What is told of a release that has ended; undefined while it has not. */
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

function sentence({ app, env, state, change, automatic, triggeredBy, version }: Release): string {
  const by = automatic ? 'automatically' : `by ${triggeredBy}`;
  const what = `${env}/${app}`;
  if (state === 'released') {
    const to = change.kind === 'delete' ? '' : ` to ${version.sha.slice(0, 12)}`;
    return `${what} was ${WRITTEN[change.kind].done}${to} ${by}`;
  }
  const asked = change.kind === 'deploy' ? `release of ${version.sha.slice(0, 12)}` : change.kind;
  const ended = state === 'unchanged' ? 'changed nothing' : state === 'failed' ? 'failed' : `was ${state}`;
  return `${what}: the ${asked}, asked for ${by}, ${ended}`;
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
    gitopsRepo: release.location.repo,
    gitopsBranch: release.location.branch,
    ...(commit !== undefined && { commit }),
    ...(errorCode !== undefined && { errorCode }),
    ...(release.correlationId !== undefined && { correlationId: release.correlationId }),
  };
}
