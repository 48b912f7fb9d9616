import { type Artifact, artifactVariables, builtBranch } from '../artifact/artifact.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import type { Manifest } from '../manifest/manifest-schema.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import type { Condition } from './condition.ts';
import type { DecisionOutcome } from './decision.ts';
import { evaluateDeploy } from './evaluate-deploy.ts';
import { type Controls, type Hold, passGates } from './gates.ts';

/** What the evaluation of a manifest's own policy says, before its place among other artifacts is known. */
export interface Evaluation {
  readonly app: string;
  readonly env: string;
  readonly outcome: Exclude<DecisionOutcome, 'superseded'>;
  readonly conditions: readonly Condition[];
  readonly sentence: string;
  readonly policy?: string;
}

/** The target of a manifest whose policy fired, with its variables resolved. */
export interface TriggeredTarget {
  readonly app: string;
  readonly env: string;
}

/** What is switched for a target at the moment of the evaluation. */
export interface TargetControls {
  readonly hold: Hold | undefined;
  readonly controls: Controls;
}

export interface EvaluationInput {
  readonly artifact: Artifact;
  /** Of the manifest among the artifact's environments. */
  readonly index: number;
  /** Asked only when the policy fires. */
  readonly controlsOf: (target: TriggeredTarget) => Promise<TargetControls>;
  readonly now: number;
}

/** Holds one manifest of an arrived artifact against its own `deploy` policy and the operators' controls. */
export async function evaluateManifest(input: EvaluationInput): Promise<Evaluation> {
  const { artifact, index } = input;
  const manifest = artifact.environments[index] ?? {};
  const named = { app: manifest.app ?? '', env: manifest.env ?? '' };
  const missing = missingFields(manifest, isDuplicated(artifact, index));
  const deploy = evaluateDeploy(manifest.deploy, artifact.version);
  const conditions = [...missing, ...deploy.conditions];
  if (missing.length > 0) return conclude(named, 'invalid', conditions, manifestSentence(missing));
  if (deploy.invalid !== undefined)
    return conclude(named, 'invalid', conditions, `its policy is invalid: ${deploy.invalid}`);
  if (!deploy.fires)
    return conclude(named, 'notMatched', conditions, `not released: ${mismatch(deploy.conditions)}`);

  const resolved = resolve(artifact, manifest);
  if ('problem' in resolved) {
    return conclude(
      named,
      'invalid',
      [...conditions, resolved.problem],
      `it can't be resolved: ${resolved.problem.saw}`,
    );
  }
  const gates = passGates({
    app: resolved.app,
    branch: builtBranch(artifact.version),
    automatic: true,
    ...(await input.controlsOf(resolved)),
    now: input.now,
  });
  const all = [...conditions, ...gates.conditions];
  if (gates.outcome !== 'open')
    return { ...conclude(resolved, gates.outcome, all, gates.reason), policy: 'manifest' };
  return {
    ...conclude(resolved, 'released', all, `released: ${match(deploy.conditions)}`),
    policy: 'manifest',
  };
}

function conclude(
  target: TriggeredTarget,
  outcome: Evaluation['outcome'],
  conditions: readonly Condition[],
  sentence: string,
): Evaluation {
  return { app: target.app, env: target.env, outcome, conditions, sentence };
}

/** A manifest that could never be released, whatever the policy says. */
function missingFields(manifest: Manifest, duplicated: boolean): Condition[] {
  const missing: Condition[] = [];
  const needs = (holds: boolean, wanted: string, saw: string) => {
    if (!holds) missing.push({ name: 'manifest', holds, wanted, saw });
  };
  needs(manifest.app !== undefined, 'app', 'no app');
  needs(manifest.env !== undefined, 'env', 'no env');
  needs(manifest.namespace !== undefined, 'namespace', 'no namespace');
  needs(
    Boolean(manifest.chart?.name) || Boolean(manifest.manifests),
    'chart.name or manifests',
    'neither of them',
  );
  needs(!duplicated, 'one manifest of this app and env', 'several manifests with the same app and env');
  return missing;
}

/** Whether another manifest has the same app and env, so that neither can say what the target is to become. */
function isDuplicated({ environments }: Artifact, index: number): boolean {
  const one = environments[index];
  return environments.some(
    (other, at) =>
      at !== index && other.app !== undefined && other.app === one?.app && other.env === one?.env,
  );
}

function manifestSentence(missing: readonly Condition[]): string {
  return `its manifest can't be released: ${missing.map(({ wanted, saw }) => `${saw} (wanted ${wanted})`).join('; ')}`;
}

function resolve(artifact: Artifact, manifest: Manifest): TriggeredTarget | { readonly problem: Condition } {
  try {
    const { app, env } = resolveManifest(manifest, artifactVariables(artifact));
    return { app, env };
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    const saw = error.errors.map(({ path, message }) => `${path} ${message}`).join('; ') || error.message;
    return { problem: { name: 'variables', holds: false, wanted: 'every variable of the manifest', saw } };
  }
}

function mismatch(conditions: readonly Condition[]): string {
  return conditions
    .filter(({ holds }) => !holds)
    .map(({ name, wanted, saw }) =>
      name === 'deploy' ? `no deploy policy` : `${name} ${saw} is not ${wanted}`,
    )
    .join(', ');
}

function match(conditions: readonly Condition[]): string {
  return conditions.map(({ name, wanted, saw }) => `${name} ${saw} matches ${wanted}`).join(', ');
}
