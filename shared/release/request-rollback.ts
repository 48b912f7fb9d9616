import { NotFoundError, UnprocessableError } from '../errors/errors.ts';
import type { Decision } from '../policy/decision.ts';
import type { Releases, Targets, WrittenReleases } from './ports.ts';
import {
  type Asked,
  type RecordPorts,
  type RequestContext,
  recordRequest,
  type Wanted,
} from './record-request.ts';
import type { Release, ReleaseChange, TargetName } from './release.ts';
import { isWritten } from './release-state.ts';
import type { ReleaseRequest } from './request.ts';
import { gitOpsLocation, type Settings } from './settings.ts';

export interface FindRollbackPorts {
  readonly releases: Pick<Releases, 'get'> & WrittenReleases;
  readonly targets: Pick<Targets, 'get'>;
  readonly decisions: { listFor(artifactId: string): Promise<Decision[]> };
  readonly settings: Settings;
}

export interface RollbackPorts extends RecordPorts, FindRollbackPorts {
  readonly targets: RecordPorts['targets'];
}

export interface RollbackOrder extends TargetName, Pick<Asked, 'overrideFreeze'> {
  /** A commit of the GitOps repo, or the id of a release or of an artifact. */
  readonly to: string;
}

/**
 * Asks for the directory of an app to become exactly what it was at a commit, or what a release or an artifact had made
 * it. Automation of it is held from then on.
 * @throws NotFoundError `rollback-target-not-found`; UnprocessableError `directory-unknown`; and what `recordRequest`
 *   throws.
 */
export function requestRollback(
  ports: RollbackPorts,
  order: RollbackOrder,
  context: RequestContext,
): Promise<ReleaseRequest> {
  return recordRequest(ports, { kind: 'rollback', ...order }, context, () => findRollback(ports, order));
}

/** What a rollback would put back, checked in full; nothing is written. @throws as `requestRollback`. */
export async function findRollback(ports: FindRollbackPorts, order: RollbackOrder): Promise<Wanted[]> {
  const { app, env, to } = order;
  const release = await findRelease(ports, order);
  restoring(release);
  const { artifactId, manifestIndex, version } = release;
  const holdReason = `it was rolled back to ${to}`;
  return [{ app, env, artifactId, manifestIndex, version, basis: release.id, holdReason }];
}

/**
 * The change that brings back what a written release had made of its directory: a delete, when that was one.
 * @throws UnprocessableError `directory-unknown`
 */
export function restoring({ id, change, tree, bundle }: Release): ReleaseChange {
  if (change.kind === 'delete') return change;
  const files = change.kind === 'rollback' ? change.bundle : bundle;
  const restores = change.kind === 'rollback' ? change.restores : id;
  if (tree !== undefined && files !== undefined) return { kind: 'rollback', tree, bundle: files, restores };
  throw new UnprocessableError(
    'directory-unknown',
    `It is not known what release '${id}' had made of the directory: release its artifact again instead.`,
  );
}

async function findRelease(ports: FindRollbackPorts, order: RollbackOrder): Promise<Release> {
  const found =
    (await ports.releases.get(order.to)) ??
    (await releaseAtCommit(ports, order)) ??
    (await releaseOfArtifact(ports, order));
  if (found && found.app === order.app && found.env === order.env && isWritten(found.state)) return found;
  throw notFound(order, found);
}

/** A commit of another app means what this one was then. */
async function releaseAtCommit(
  { releases, targets, settings }: FindRollbackPorts,
  { app, env, to }: RollbackOrder,
): Promise<Release | undefined> {
  const commit = await releases.findCommit(to);
  const { repo, branch } = gitOpsLocation(settings, env);
  if (!commit || commit.repo !== repo || commit.branch !== branch) return undefined;
  if (commit.app === app && commit.env === env) return releases.get(commit.releaseId);
  // The index may not know yet what was written last; the target does.
  const { running } = await targets.get({ app, env });
  if (running?.place !== undefined && running.place <= commit.place) return releases.get(running.releaseId);
  return releases.lastWritten({ app, env }, commit);
}

/** The last that was written of those that decisions made of it. */
async function releaseOfArtifact(
  { releases, decisions }: FindRollbackPorts,
  { app, env, to }: RollbackOrder,
): Promise<Release | undefined> {
  const made = (await decisions.listFor(to))
    .filter((decision) => decision.app === app && decision.env === env)
    .flatMap(({ release }) => release ?? [])
    .sort((a, b) => b.order - a.order);
  for (const { id } of made) {
    const release = await releases.get(id);
    if (release && isWritten(release.state)) return release;
  }
  return undefined;
}

function notFound({ app, env, to }: RollbackOrder, found: Release | undefined): NotFoundError {
  const why =
    found === undefined
      ? `There is nothing of '${app}' in '${env}' to go back to at '${to}'`
      : found.app === app && found.env === env
        ? `Release '${to}' was never written, it is ${found.state}`
        : `Release '${to}' is of '${found.app}' in '${found.env}'`;
  return new NotFoundError(
    'rollback-target-not-found',
    `${why}: give the whole id of a commit that GimletD made, of a release or of an artifact. ` +
      `\`gimlet release list --env ${env} --app ${app}\` shows them.`,
  );
}
