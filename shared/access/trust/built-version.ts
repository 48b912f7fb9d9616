import { ForbiddenError } from '../../errors/errors.ts';
import type { CiIdentity } from './ci-identity.ts';

/** What an artifact says of the version that it was built from, as far as an identity knows it. */
export interface ClaimedVersion {
  readonly repositoryName: string;
  readonly event: string;
  readonly sha: string;
  readonly branch?: string;
  readonly sourceBranch?: string;
  readonly targetBranch?: string;
  readonly tag?: string;
}

/**
 * The version with what the identity says of it; what it left out is filled in, what it says otherwise is refused. The
 * branch of a tag, which no identity knows, is refused too: rules go by it.
 *
 * The commit of a pull request is not compared: providers sign the merge that they made for the job, which nobody knows.
 * @throws ForbiddenError `identity-repository-differs`, `identity-event-differs`, `identity-sha-differs`,
 * `identity-branch-differs`, `identity-tag-differs`
 */
export function builtVersion<V extends ClaimedVersion>(version: V, identity: CiIdentity): V {
  const { repository, sha, built } = identity;
  same('repositoryName', 'repository', version.repositoryName, repository);
  same('event', 'event', version.event, built.event);
  if (built.event !== 'pr') same('sha', 'sha', version.sha, sha);
  if (built.event === 'tag') {
    same('tag', 'tag', version.tag, built.tag);
    for (const field of ['branch', 'sourceBranch', 'targetBranch'] as const) absent(field, 'branch', version);
    return { ...version, tag: built.tag };
  }
  absent('tag', 'tag', version);
  same('branch', 'branch', version.branch, built.branch);
  if (built.event === 'push') {
    for (const field of ['sourceBranch', 'targetBranch'] as const) absent(field, 'branch', version);
    return { ...version, branch: built.branch };
  }
  same('sourceBranch', 'branch', version.sourceBranch, built.branch);
  if (built.targetBranch !== undefined)
    same('targetBranch', 'branch', version.targetBranch, built.targetBranch);
  const targetBranch = version.targetBranch ?? built.targetBranch;
  const branches = { branch: built.branch, sourceBranch: built.branch };
  return { ...version, ...branches, ...(targetBranch !== undefined && { targetBranch }) };
}

type Fact = 'repository' | 'event' | 'sha' | 'branch' | 'tag';

function same(field: keyof ClaimedVersion, fact: Fact, said: string | undefined, known: string): void {
  if (said === undefined || said === known) return;
  throw differs(fact, `version.${field} is '${said.slice(0, 100)}', and the job's identity says '${known}'`);
}

function absent(field: keyof ClaimedVersion, fact: Fact, version: ClaimedVersion): void {
  const said = version[field];
  if (said === undefined) return;
  throw differs(fact, `version.${field} is '${said.slice(0, 100)}', and the job's identity does not say so`);
}

function differs(fact: Fact, problem: string): ForbiddenError {
  return new ForbiddenError(
    `identity-${fact}-differs`,
    `${problem}: a job without a secret pushes what it has built, and nothing else.`,
  );
}
