import { type Artifact, artifactVariables, builtBranch, manifestsOf } from '../artifact/artifact.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import type { Manifest } from '../manifest/manifest-schema.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import { beginning } from './beginning.ts';
import type { Condition } from './condition.ts';
import type { DecisionOutcome } from './decision.ts';
import { type DeployVerdict, evaluateDeploy } from './evaluate-deploy.ts';
import { type Controls, type Hold, passGates, type ShutGate } from './gates.ts';
import type { ManifestTarget } from './manifest-target.ts';
import { type Policy, policyId } from './policy.ts';
import { coversPush } from './push-grant.ts';
import type { ReleaseRate } from './release-rate.ts';

/** What the rules say of one manifest of an artifact, before its place among other artifacts is known. */
export interface Evaluation {
  readonly app: string;
  readonly env: string;
  readonly outcome: Exclude<DecisionOutcome, 'superseded'>;
  readonly conditions: readonly Condition[];
  readonly sentence: string;
  /** What fired: `manifest` for the manifest's own `deploy`, ids of stored policies. */
  readonly policy?: string;
  /** What it may go on after: held, frozen, stopped and rate-limited ones. */
  readonly waitsFor?: ShutGate;
}

/** Everything that is kept about a target, and switched for it, at the moment of the evaluation. */
export interface TargetState {
  /** Those of other targets are of no concern here, and are ignored. */
  readonly policies: readonly Policy[];
  readonly hold: Hold | undefined;
  readonly controls: Controls;
  /** How often automation may release to it, and what of that is taken. */
  readonly rate?: ReleaseRate;
  /** Whether a grant must name its environment. */
  readonly protected?: boolean;
  /** Names of the teams that own its app; none unless given. */
  readonly teams?: readonly string[];
  /** How many people must agree to a release of it; none unless given. */
  readonly approvals?: number;
}

/** What has run in another environment for so long that a policy asks for it here. */
export interface Promotion {
  readonly policy: string;
  readonly from: string;
  readonly releaseId: string;
  readonly conditions: readonly Condition[];
}

export interface EvaluationInput extends TargetState {
  readonly artifact: Artifact;
  readonly target: ManifestTarget;
  /** Asked for by a promotion instead of by the policies on arrival. */
  readonly promotion?: Promotion;
  /** When the branch that it is of was deleted: what is late releases nothing. Unix milliseconds. */
  readonly branchDeletedAt?: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** A policy that may ask for a release, with what it says. */
interface Trigger extends DeployVerdict {
  readonly policy: string;
}

/**
 * Holds one manifest of an artifact against its own `deploy` policy, the stored policies and the operators' controls.
 * Pure: the policy function, the API, the CLI and the simulator all ask it. Every condition has its verdict, whatever
 * the others said; only a manifest's variables are left alone unless it is to be released, so that a manifest that
 * nothing asked for can't fail.
 */
export function evaluateManifest(input: EvaluationInput): Evaluation {
  const { artifact, target } = input;
  const manifest = manifestsOf(artifact)[target.index] ?? {};
  const missing = missingFields(manifest, target.duplicated);
  const triggers = triggersOf(input, manifest);
  const fired = triggers.filter(({ fires }) => fires);
  const unresolved = fired.length === 0 || missing.length > 0 ? [] : variableProblems(artifact, manifest);
  const gone = deletedBranch(input);
  const gates = passGates({
    app: target.app,
    branch: builtBranch(artifact.version),
    automatic: true,
    hold: input.hold,
    controls: input.controls,
    rate: input.rate,
    now: input.now,
  });
  const evaluation = {
    app: target.app,
    env: target.env,
    conditions: [...missing, ...triggers.flatMap(ownConditions), ...gone, ...unresolved, ...gates.conditions],
    ...(fired.length > 0 && { policy: fired.map(({ policy }) => policy).join(', ') }),
  };
  const conclude = (outcome: Evaluation['outcome'], sentence: string): Evaluation => ({
    ...evaluation,
    outcome,
    sentence,
  });
  if (missing.length > 0) return conclude('invalid', manifestSentence(missing));
  const broken = triggers.find(({ invalid }) => invalid !== undefined);
  if (broken) return conclude('invalid', `its policy is invalid: ${broken.invalid}`);
  if (fired.length === 0) return conclude('notMatched', `not released: ${triggers.map(mismatch).join('; ')}`);
  if (gone.length > 0) return conclude('notMatched', 'not released: branch deleted');
  if (unresolved.length > 0) return conclude('invalid', `it can't be resolved: ${unresolved[0]?.saw}`);
  if (gates.outcome === 'open')
    return withApprovals(input, conclude('released', fired.map(match).join('; ')));
  const shut = conclude(gates.outcome, gates.reason);
  return gates.waitsFor ? { ...shut, waitsFor: gates.waitsFor } : shut;
}

/** What nothing stands in the way of is released, once so many people have agreed as must. */
function withApprovals({ approvals }: EvaluationInput, evaluation: Evaluation): Evaluation {
  const { sentence, conditions } = evaluation;
  if (approvals === undefined) return { ...evaluation, sentence: `released: ${sentence}` };
  const wanted = `${approvals} approval${approvals === 1 ? '' : 's'}`;
  return {
    ...evaluation,
    outcome: 'awaitingApproval',
    sentence: `released after ${wanted}: ${sentence}`,
    conditions: [...conditions, { name: 'approval', holds: false, wanted, saw: 'none so far' }],
  };
}

function triggersOf(input: EvaluationInput, manifest: Manifest): Trigger[] {
  const { artifact, target, policies, promotion } = input;
  if (promotion) {
    const { policy, conditions } = promotion;
    return [{ policy, conditions, fires: conditions.every(({ holds }) => holds) }];
  }
  const { version } = artifact;
  const stored = policies.flatMap((policy) => {
    const isOurs = policy.kind === 'auto-release' && policy.app === target.app && policy.env === target.env;
    return isOurs ? [{ policy: policyId(policy), ...evaluateDeploy(policy.deploy, version) }] : [];
  });
  const own = ownTrigger(input, manifest);
  // That a manifest has no policy of its own is no answer where another was asked.
  return manifest.deploy === undefined && stored.length > 0 ? stored : [own, ...stored];
}

/** A manifest's own policy, which releases where its pusher may: nobody grants an environment to themselves. */
function ownTrigger(
  { artifact, target: { app, env }, protected: isProtected = false, teams = [] }: EvaluationInput,
  { deploy }: Manifest,
): Trigger {
  const own = { policy: MANIFEST, ...evaluateDeploy(deploy, artifact.version) };
  if (!own.fires || coversPush(artifact, { app, teams }, { name: env, protected: isProtected })) return own;
  const wanted = `a grant to push that covers ${env}${isProtected ? ', which is protected, by name' : ''}`;
  const condition = {
    name: 'grant',
    holds: false,
    wanted,
    saw: artifact.pushedBy?.name ?? 'nobody',
  } as const;
  return { ...own, fires: false, conditions: [...own.conditions, condition] };
}

/** Characters of what is wrong with a manifest that its decision repeats. */
const MOST_SAID = 2_000;

const MANIFEST = 'manifest';

function deletedBranch({ artifact: { version }, branchDeletedAt }: EvaluationInput): Condition[] {
  if (branchDeletedAt === undefined) return [];
  const saw = `${builtBranch(version)}, deleted ${new Date(branchDeletedAt).toISOString()}`;
  return [{ name: 'branchDeleted', holds: false, wanted: 'a branch that is still there', saw }];
}

function ownConditions({ policy, conditions }: Trigger): Condition[] {
  return conditions.map((condition) => (policy === MANIFEST ? condition : { ...condition, policy }));
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

function manifestSentence(missing: readonly Condition[]): string {
  return `its manifest can't be released: ${missing.map(({ wanted, saw }) => `${saw} (wanted ${wanted})`).join('; ')}`;
}

function variableProblems(artifact: Artifact, manifest: Manifest): Condition[] {
  try {
    resolveManifest(manifest, artifactVariables(artifact));
    return [];
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    const found = error.errors.map(({ path, message }) => `${path} ${message}`).join('; ') || error.message;
    const saw = beginning(found, MOST_SAID);
    return [{ name: 'variables', holds: false, wanted: 'every variable of the manifest', saw }];
  }
}

function mismatch({ policy, conditions }: Trigger): string {
  const words = conditions
    .filter(({ holds }) => !holds)
    .map(({ name, wanted, saw }) =>
      name === 'deploy'
        ? 'no deploy policy'
        : name === 'grant'
          ? `${saw}, who pushed it, has no ${wanted.slice(2)}`
          : `${name} ${saw} is not ${wanted}`,
    )
    .join(', ');
  return policy === MANIFEST ? words : `${policy}: ${words}`;
}

function match({ policy, conditions }: Trigger): string {
  const words = conditions.map(({ name, wanted, saw }) => `${name} ${saw} matches ${wanted}`).join(', ');
  return policy === MANIFEST ? words : `${words} (${policy})`;
}
