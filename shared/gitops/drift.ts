import { inParallel } from '../concurrency/in-parallel.ts';
import { gitOpsLocation, type Settings } from '../release/settings.ts';
import type { Target } from '../release/target.ts';
import type { BranchRef, GitBranch, Oid } from './git-engine.ts';
import type { WriterPorts } from './ports.ts';
import { PARALLEL } from './recover.ts';

/** A directory of the repo that holds the apps of an environment. */
interface EnvironmentDirectory {
  readonly env: string;
  readonly path: string;
}

/**
 * Compares what stands in the repo with what we wrote there, for every target of a branch, after somebody else has
 * pushed. Nothing is repaired: a drift is noted, for people to settle. Answers the targets that drifted, as
 * `env/app`.
 */
export async function noteDrifts(ports: WriterPorts, ref: BranchRef, branch: GitBranch): Promise<string[]> {
  const drifted: string[] = [];
  for (const { env, path } of await environmentDirectories(ports.settings, ref, branch)) {
    const [trees, targets] = await Promise.all([branch.directories(path), ports.drift.listOf(env)]);
    const found = await inParallel(targets, PARALLEL, (target) => noteDrift(ports, target, trees));
    drifted.push(...found.filter((name) => name !== undefined));
  }
  return drifted;
}

async function environmentDirectories(
  settings: Settings,
  ref: BranchRef,
  branch: GitBranch,
): Promise<EnvironmentDirectory[]> {
  const isHere = (env: string, layout: string) => {
    const location = gitOpsLocation(settings, env);
    return location.repo === ref.url && location.branch === ref.branch && location.layout === layout;
  };
  const names = new Set([...(await branch.directories('')).keys(), ...Object.keys(settings.environments)]);
  return [...names].flatMap((env) => [
    ...(isHere(env, 'directories') ? [{ env, path: env }] : []),
    ...(settings.environments[env] !== undefined && isHere(env, 'flat') ? [{ env, path: '' }] : []),
  ]);
}

async function noteDrift(
  { drift, targets, clock }: WriterPorts,
  listed: Target,
  trees: ReadonlyMap<string, Oid>,
): Promise<string | undefined> {
  const tree = trees.get(listed.app) ?? null;
  if (isAsWritten(listed, tree) && !listed.drift) return undefined;
  // The list may lag behind what we wrote a moment ago; only the record itself accuses.
  const target = await targets.get(listed);
  if (!target.running || target.running.tree === undefined) return undefined;
  const found = isAsWritten(target, tree) ? undefined : { tree, seenAt: clock() };
  const noted = await drift.noteDrift(target, target.running, found);
  return noted && found ? `${target.env}/${target.app}` : undefined;
}

function isAsWritten({ running }: Target, tree: Oid | null): boolean {
  return running?.tree === undefined || running.tree === tree;
}
