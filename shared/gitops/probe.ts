import * as z from 'zod';
import { inParallel } from '../concurrency/in-parallel.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import { gitOpsLocation, type Settings } from '../release/settings.ts';
import { type Finding, finding } from './finding.ts';
import type { BranchRef } from './git-engine.ts';

/** What the writer is invoked with when somebody asks how its repos are. */
export const probeRequest = z.object({ ask: z.literal('probe') });
export type ProbeRequest = z.infer<typeof probeRequest>;
export const probeAnswer = z.object({ findings: z.array(finding) });

/** Tries on a branch, without changing it, what the writer does with it. */
export interface BranchProbe {
  /** @throws GimletdError when the repo can't be reached at all */
  probe(ref: BranchRef): Promise<readonly Omit<Finding, 'subject'>[]>;
}

const PARALLEL = 4;

/** Probes every branch that the settings write to: those and no other, since the credential goes there. */
export async function probeRepos(probe: BranchProbe, settings: Settings): Promise<readonly Finding[]> {
  const found = await inParallel(branchesOf(settings), PARALLEL, (ref) => probeBranch(probe, ref));
  return found.flat();
}

/**
 * Tries the key that commits are signed with, where they are: a bad one pauses every repo. `trial` signs something and
 * answers the key's fingerprint.
 */
export async function probeSigning(
  trial: () => Promise<string>,
  { signCommits }: Pick<Settings, 'signCommits'>,
): Promise<readonly Finding[]> {
  if (!signCommits) return [];
  const of = { subject: 'signing key', check: 'sign' } as const;
  try {
    return [{ ...of, verdict: 'ok', says: `commits are signed with the key ${await trial()}` }];
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    const fix = error.retryable
      ? 'Put the key into the secret of the signing key, and see that the writer may read it; then ask again.'
      : 'Put another key there, or stop signing; then ask again.';
    return [{ ...of, verdict: 'wrong', says: error.message, fix }];
  }
}

async function probeBranch(probe: BranchProbe, ref: BranchRef): Promise<Finding[]> {
  const subject = `${ref.url} ${ref.branch}`;
  try {
    return (await probe.probe(ref)).map((one) => ({ subject, ...one }));
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    const fix = error.retryable
      ? 'Check that the host is up and that the repo’s URL in the settings is right; then ask again.'
      : 'Put a token that may push to the repo into the git secret, and check the repo’s URL in the settings.';
    return [{ subject, check: 'reach', verdict: 'wrong', says: error.message, fix }];
  }
}

/** Every branch once: of the common settings, and of environments that have one of their own. */
export function branchesOf(settings: Settings): BranchRef[] {
  const { repo, branch } = settings.gitops;
  const own = Object.keys(settings.environments).map((env) => gitOpsLocation(settings, env));
  const refs = [{ repo, branch }, ...own].map((location) => ({
    url: location.repo,
    branch: location.branch,
  }));
  return [...new Map(refs.map((ref) => [JSON.stringify([ref.url, ref.branch]), ref])).values()];
}
