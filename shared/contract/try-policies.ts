import type { ArtifactContent } from '../artifact/artifact.ts';
import { artifactDigest } from '../artifact/parse-artifact.ts';
import { type Evaluation, evaluateManifest } from '../policy/evaluate-manifest.ts';
import { manifestTargets } from '../policy/manifest-target.ts';
import type { Policy } from '../policy/policy.ts';

export { parsePolicy } from '../policy/parse-policy.ts';
export type { Evaluation, Policy };

/** What the server would decide for an artifact that came at `now` (unix milliseconds), if it kept these policies. */
export function tryPolicies(
  content: ArtifactContent,
  policies: readonly Policy[],
  now: number,
): Evaluation[] {
  const artifact = { ...content, created: Math.floor(now / 1000), digest: artifactDigest(content), order: 1 };
  const stop = policies.find((policy) => policy.kind === 'stop-the-line');
  return manifestTargets(artifact).map((target) => {
    const ofEnv = policies.filter((policy) => 'env' in policy && policy.env === target.env);
    return evaluateManifest({
      artifact,
      target,
      policies: ofEnv,
      hold: undefined,
      controls: {
        restrictions: ofEnv.flatMap((policy) => (policy.kind === 'branch-restriction' ? [policy] : [])),
        freezes: ofEnv.flatMap((policy) => (policy.kind === 'freeze' ? [policy.freeze] : [])),
        ...(stop && { stopTheLine: stop.reason, stoppedAt: now }),
      },
      now,
    });
  });
}
