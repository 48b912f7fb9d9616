import { type Artifact, builtBranch, manifestsOf } from '../artifact/artifact.ts';
import type { ArtifactBrowser } from '../artifact/browse-artifacts.ts';
import { InvalidInputError } from '../errors/errors.ts';
import { resolveNames } from '../manifest/resolve-manifest.ts';
import { matchesPattern } from '../policy/pattern.ts';
import { coversPush } from '../policy/push-grant.ts';
import { type Branches, type BranchName, branchMark, TOMBSTONE_MS } from './branch.ts';
import { type CreateReleasePorts, createRelease } from './create-release.ts';
import { placeInLine } from './place-in-line.ts';
import type { Releases, Targets } from './ports.ts';
import { releaseId, type TargetName } from './release.ts';
import { environmentNamed, ownedApp } from './resources.ts';
import { approvalRule, gitOpsLocation, type Settings } from './settings.ts';

export interface CleanUpPorts extends CreateReleasePorts {
  readonly branches: Branches;
  readonly browser: ArtifactBrowser;
  readonly targets: Targets;
  readonly releases: CreateReleasePorts['releases'] & Pick<Releases, 'get'>;
  readonly settings: Settings;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Takes away what a deleted branch has left, by the `cleanup` of its latest artifact's manifests, and previews of a
 * branch that had no artifact for too long. A deleted branch is looked at again every day for 30 days, for what was
 * still under way. Answers `env/app` of what is deleted.
 */
export async function cleanUpBranch(
  ports: CleanUpPorts,
  name: BranchName,
  now: number,
): Promise<readonly string[]> {
  const record = await ports.branches.get(name);
  if (!record) return [];
  const { deletedAt, lastPreviewAt = 0 } = record;
  const ends = lastPreviewAt + ports.settings.previewMaxAgeDays * DAY;
  const isOver = deletedAt !== undefined || ends <= now;
  const reason =
    deletedAt === undefined
      ? `its branch ${name.branch} had no artifact for ${ports.settings.previewMaxAgeDays} days`
      : `its branch ${name.branch} was deleted`;
  const deleted = isOver
    ? await cleanUp(ports, name, { reason, previewsOnly: deletedAt === undefined, now })
    : [];
  const next = deletedAt === undefined ? ends : now + DAY;
  const last = deletedAt === undefined ? ends : deletedAt + TOMBSTONE_MS;
  const again = next > now && next <= last;
  await ports.branches.schedule(record, again ? branchMark(name, next, now) : undefined);
  return deleted;
}

interface CleaningUp {
  readonly reason: string;
  readonly previewsOnly: boolean;
  readonly now: number;
}

async function cleanUp(ports: CleanUpPorts, name: BranchName, what: CleaningUp): Promise<string[]> {
  const { repository, branch } = name;
  const { items } = await ports.browser.list({ repository, builtBranch: branch }, { limit: 1, offset: 0 });
  const [artifact] = items;
  if (!artifact) return [];
  const deleted: string[] = [];
  for (const [manifestIndex, target] of cleanupTargets(artifact, name.branch, what.previewsOnly)) {
    if (await deleteTarget(ports, name, artifact, { ...what, manifestIndex, target })) {
      deleted.push(`${target.env}/${target.app}`);
    }
  }
  return deleted;
}

/** The targets that manifests say are to go with the branch, by the index of the manifest. */
function cleanupTargets(
  artifact: Artifact,
  branch: string,
  previewsOnly: boolean,
): ReadonlyMap<number, TargetName> {
  const found = manifestsOf(artifact).flatMap(({ cleanup, app: own, env: written }, index) => {
    const isWanted = !previewsOnly || artifact.environments[index]?.preview === true;
    if (!cleanup || !isWanted || !isFor(cleanup.branch ?? '*', branch)) return [];
    const names = { ...withApp(cleanup.app ?? own), ...(written !== undefined && { env: written }) };
    const { app, env } = resolveNames(names, { BRANCH: branch });
    return app === undefined || env === undefined ? [] : [[index, { app, env }] as const];
  });
  return new Map(found);
}

function withApp(app: string | undefined): { readonly app?: string } {
  return app === undefined ? {} : { app };
}

/** A pattern that is none, in an old artifact, cleans nothing up. */
function isFor(pattern: string, branch: string): boolean {
  try {
    return matchesPattern(pattern, branch);
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

/**
 * What a freeze or a hold kept from being deleted is asked for again tomorrow; where people must agree first, not before
 * they have had their time. Milliseconds.
 */
function periodOf(settings: Pick<Settings, 'environments'>, env: string): number {
  return Math.max(DAY, (approvalRule(settings, env)?.withinHours ?? 0) * HOUR);
}

/**
 * Only what this very branch had released there, and only where the pusher may release: whatever a `cleanup` says, the
 * app of another branch stays, and so does what is protected from whoever pushed it.
 */
async function deleteTarget(
  ports: CleanUpPorts,
  { repository, branch }: BranchName,
  artifact: Artifact,
  {
    target,
    manifestIndex,
    reason,
    now,
  }: CleaningUp & { readonly target: TargetName; readonly manifestIndex: number },
): Promise<boolean> {
  const app = ownedApp(ports.settings, target.app);
  if (!coversPush(artifact, app, environmentNamed(ports.settings, target.env))) return false;
  const { running } = await ports.targets.get(target);
  if (!running || running.tree === null) return false;
  const release = await ports.releases.get(running.releaseId);
  const isOurs = release?.version.repositoryName === repository && builtBranch(release.version) === branch;
  if (!release || !isOurs) return false;
  const cause = `cleanup:${release.id}:${Math.floor(now / periodOf(ports.settings, target.env))}`;
  const id = releaseId(artifact.id, target, cause);
  if (await ports.releases.get(id)) return false;
  const inLine = placeInLine(ports.settings, target, { releaseId: id, takenAt: now });
  const place = await ports.targets.allocateAgain(target, repository, artifact.order, inLine);
  if (!place.granted) return false;
  const letters = await createRelease(
    ports,
    {
      ...target,
      id,
      change: { kind: 'delete' },
      artifactId: release.artifactId,
      manifestIndex,
      version: release.version,
      cause,
      automatic: true,
      triggeredBy: 'cleanup',
      reason: `deleted: ${reason}`,
      order: place.order,
      ...(inLine && { inLine: true }),
      location: gitOpsLocation(ports.settings, target.env),
    },
    now,
  );
  await ports.outbox.send(...letters);
  return letters.length > 0;
}
