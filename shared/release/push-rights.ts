import { authorize } from '../access/authorize.ts';
import { grantsAction } from '../access/grant-covers.ts';
import type { Caller, Principal } from '../access/principal.ts';
import type { Pusher } from '../artifact/artifact.ts';
import { type ArtifactContent, manifestsOf } from '../artifact/artifact.ts';
import { resolveNames } from '../manifest/resolve-manifest.ts';
import { manifestTargets } from '../policy/manifest-target.ts';
import { sourceBranch } from './branch.ts';
import { ownedApp } from './resources.ts';
import type { Settings } from './settings.ts';

/**
 * Whether somebody may push an artifact: their grants must cover its repository and every app that its manifests
 * release or clean up. Which environments it may release to by its own policies is asked when that is decided.
 * @throws UnauthenticatedError, ForbiddenError
 */
export function authorizePush(
  principal: Principal,
  settings: Pick<Settings, 'teams'>,
  content: ArtifactContent,
): Caller {
  const { repositoryName: repository } = content.version;
  const caller = authorize(principal, 'artifact:push', { repository });
  for (const app of appsOf(content)) {
    authorize(principal, 'artifact:push', { repository, ...ownedApp(settings, app) });
  }
  return caller;
}

/** What is kept of who pushed an artifact: with what it was let in. */
export function pusherOf({ id, name, grants }: Caller): Pusher {
  return { id, name, grants: grants.filter((grant) => grantsAction(grant, 'artifact:push')) };
}

/** Every app that an artifact is for, as its names resolve; a name that does not resolve is never released. */
function appsOf(content: ArtifactContent): ReadonlySet<string> {
  const targets = manifestTargets({ ...content, created: 0, digest: '', order: 0 });
  const branch = sourceBranch(content.version)?.branch;
  const cleaned = manifestsOf(content).flatMap(({ cleanup, app }) => {
    const name = cleanup?.app ?? (cleanup ? app : undefined);
    if (name === undefined) return [];
    return resolveNames({ app: name }, branch === undefined ? {} : { BRANCH: branch }).app ?? name;
  });
  return new Set([...targets.map(({ app }) => app), ...cleaned].filter((app) => app !== ''));
}
