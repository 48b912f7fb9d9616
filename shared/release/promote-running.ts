import type { Promotion } from '../policy/evaluate-manifest.ts';
import { manifestTargets } from '../policy/manifest-target.ts';
import type { AutoPromote } from '../policy/policy.ts';
import { policyId } from '../policy/policy.ts';
import { decideManifest } from './decide-manifest.ts';
import type { LookAfterPorts } from './look-after-target.ts';
import type { Release } from './release.ts';
import type { Target } from './target.ts';
import { readStates } from './target-state.ts';

interface Promotions {
  /** Whether any policy promotes from the target. */
  readonly promotes: boolean;
  readonly results: readonly { readonly decided?: string; readonly next?: number }[];
}

/**
 * Releases to other environments what has run in this one for long enough. A newer release in the meantime begins
 * anew; a hold, as every rollback leaves one, means that what runs is not to spread.
 */
export async function promoteRunning(
  ports: LookAfterPorts,
  target: Target,
  now: number,
): Promise<Promotions> {
  const stored = await ports.policies.ofTargets([target]);
  const policies = stored.filter((policy) => policy.kind === 'auto-promote');
  const { running, hold } = target;
  const held = hold !== undefined && (hold.until === undefined || hold.until > now);
  if (policies.length === 0 || !running || held) return { promotes: policies.length > 0, results: [] };
  const release = await ports.releases.get(running.releaseId);
  // What was put back or taken away is no version that has proved itself.
  if (release?.change.kind !== 'deploy') return { promotes: true, results: [] };
  const results = [];
  for (const policy of policies) {
    const dueAt = running.writtenAt + policy.afterSeconds * 1000;
    if (dueAt > now) results.push({ next: dueAt });
    else results.push(await promote(ports, policy, release, running.writtenAt, now));
  }
  return { promotes: true, results };
}

async function promote(
  ports: LookAfterPorts,
  policy: AutoPromote,
  release: Release,
  writtenAt: number,
  now: number,
): Promise<{ readonly decided?: string }> {
  const artifact = await ports.artifacts.get(release.artifactId);
  if (!artifact) throw new Error(`artifact ${release.artifactId}, which runs, is gone`);
  const { app, to } = policy;
  const target = manifestTargets(artifact).find((one) => one.app === app && one.env === to);
  if (!target) return {};
  const promotion = promotionOf(policy, release, writtenAt, now);
  const stateOf = await readStates(ports, [target]);
  const asked = { artifact, target, cause: `promotion:${release.id}`, promotion, now };
  const decision = await decideManifest(ports, asked, () => stateOf(target));
  return { decided: `${decision.env}/${decision.app} ${decision.outcome}` };
}

function promotionOf(policy: AutoPromote, release: Release, writtenAt: number, now: number): Promotion {
  const minutes = (ms: number) => `${Math.floor(ms / 60_000)} min`;
  const condition = {
    name: 'promotion',
    holds: true,
    wanted: `${minutes(policy.afterSeconds * 1000)} in ${policy.env}`,
    saw: `${minutes(now - writtenAt)} in ${policy.env}`,
  } as const;
  return { policy: policyId(policy), from: policy.env, releaseId: release.id, conditions: [condition] };
}
