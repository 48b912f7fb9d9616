import type { Artifact } from '../../shared/artifact/artifact.ts';
import { parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import { evaluateManifest } from '../../shared/policy/evaluate-manifest.ts';
import { NO_CONTROLS } from '../../shared/policy/gates.ts';
import { manifestTargets } from '../../shared/policy/manifest-target.ts';
import type { AutoRelease } from '../../shared/policy/policy.ts';

/** Stored policies, and how many evaluations a core does beside them. */
export interface EvaluationCase {
  readonly title: string;
  readonly policies: readonly AutoRelease[];
}

const APP = 'checkout';
const NOW = Date.parse('2026-11-20T12:00:00Z');

export const EVALUATION_CASES: readonly EvaluationCase[] = [
  { title: '1 policy', policies: [policyOf(APP, 'staging')] },
  {
    title: '100 policies of the app',
    policies: [...Array(100).keys()].map((n) => policyOf(APP, n === 0 ? 'staging' : `env-${n}`)),
  },
  {
    title: '100 of the app, 10,000 of others',
    policies: [
      ...[...Array(100).keys()].map((n) => policyOf(APP, n === 0 ? 'staging' : `env-${n}`)),
      ...[...Array(10_000).keys()].map((n) => policyOf(`app-${n}`, 'staging')),
    ],
  },
];

/**
 * Evaluations in a second of processor time, over at least so many milliseconds of it: what else the machine does is
 * not counted. Each finds the policies of the app as by their key.
 */
export function evaluationsPerSecond({ policies }: EvaluationCase, ms: number): number {
  const byApp = Map.groupBy(policies, ({ app }) => app);
  const artifacts = [...Array(64).keys()].map(artifactOf);
  let count = 0;
  const start = process.cpuUsage();
  let elapsed = 0;
  while (elapsed < ms) {
    for (const artifact of artifacts) count += evaluateAll(artifact, byApp);
    const { user, system } = process.cpuUsage(start);
    elapsed = (user + system) / 1000;
  }
  return (count / elapsed) * 1000;
}

function evaluateAll(artifact: Artifact, byApp: ReadonlyMap<string, readonly AutoRelease[]>): number {
  const targets = manifestTargets(artifact);
  for (const target of targets) {
    const { outcome } = evaluateManifest({
      artifact,
      target,
      policies: byApp.get(target.app) ?? [],
      hold: undefined,
      controls: { ...NO_CONTROLS, restrictions: [{ branchPattern: 'main|feature/.*' }] },
      now: NOW,
    });
    if (outcome === 'invalid') throw new Error('an artifact of the bench is not right');
  }
  return targets.length;
}

function policyOf(app: string, env: string): AutoRelease {
  return { kind: 'auto-release', app, env, deploy: { event: 'push', branch: '{main,feature/*}' } };
}

/** Two manifests; every other artifact is of a branch that nothing releases. */
function artifactOf(n: number): Artifact {
  const content = parseArtifact({
    version: {
      repositoryName: 'acme/checkout',
      sha: `abc${n}`,
      branch: n % 2 ? 'main' : 'fix/x',
      event: 'push',
    },
    context: { SHA: `abc${n}` },
    environments: ['staging', 'production'].map((env) => ({
      app: APP,
      env,
      namespace: 'shop',
      chart: { repository: 'https://charts.example.com', name: 'app', version: '1.0.0' },
      values: { image: { tag: '{{ .SHA }}' }, replicas: 2 },
      deploy: { event: 'push', branch: env === 'staging' ? 'main' : 'release/*' },
    })),
  });
  return { ...content, created: NOW / 1000, digest: 'digest', order: n };
}
