import type { Artifact } from '../artifact/artifact.ts';
import type { ArtifactBrowser, ArtifactFilter } from '../artifact/browse-artifacts.ts';
import { inParallel } from '../concurrency/in-parallel.ts';
import type { Decision, DecisionOutcome } from '../policy/decision.ts';
import { type Evaluation, evaluateManifest, type TargetState } from '../policy/evaluate-manifest.ts';
import { type ManifestTarget, manifestTargets } from '../policy/manifest-target.ts';
import { type Policy, policyId } from '../policy/policy.ts';
import type { PolicyDocuments } from '../policy/ports.ts';
import { ARRIVAL } from './decide-manifest.ts';
import { restrictionsOf } from './operator-controls.ts';
import type { TargetName } from './release.ts';
import { isProtected, type Settings, teamsOf } from './settings.ts';
import { approvalsOf } from './target-state.ts';

export interface SimulatePorts {
  readonly browser: ArtifactBrowser;
  readonly decisions: { listFor(artifactId: string): Promise<Decision[]> };
  readonly policies: PolicyDocuments;
  readonly settings: Pick<Settings, 'branchRestrictions' | 'environments' | 'teams'>;
}

export interface Simulation {
  /** In place of the stored ones of the same id; the others stay. */
  readonly policies: readonly Policy[];
  /** Ids of stored ones that are as if deleted. */
  readonly without: readonly string[];
  /** So many artifacts at most, the newest. */
  readonly last: number;
  readonly filter: ArtifactFilter;
}

/** What would have been decided for one manifest, beside what was. */
export interface Simulated {
  readonly artifactId: string;
  /** Unix seconds. */
  readonly created: number;
  readonly evaluation: Evaluation;
  readonly decided?: Decision;
  readonly difference: 'released' | 'notReleased' | 'none';
}

export interface SimulationResult {
  readonly artifacts: number;
  readonly results: readonly Simulated[];
}

const PARALLEL = 10;
const PAGE = 100;

/**
 * Evaluates stored artifacts against a set of policies that does not exist, each as of the time it came. Holds and
 * the stopped line are of the moment and left out, and so is the order of artifacts.
 */
export async function simulatePolicies(
  ports: SimulatePorts,
  simulation: Simulation,
): Promise<SimulationResult> {
  const artifacts = await collect(ports.browser, simulation);
  const targetsOf = new Map(artifacts.map((artifact) => [artifact.id, manifestTargets(artifact)]));
  const known = [...targetsOf.values()].flat().filter((target) => target.known);
  const stateOf = await hypothetical(ports, simulation, known);
  const results = await inParallel(artifacts, PARALLEL, async (artifact) => {
    const decisions = await ports.decisions.listFor(artifact.id);
    return (targetsOf.get(artifact.id) ?? []).map((target) =>
      compare(
        artifact,
        target,
        stateOf(target),
        decisions.filter(({ cause }) => cause === ARRIVAL),
      ),
    );
  });
  return { artifacts: artifacts.length, results: results.flat() };
}

async function collect(browser: ArtifactBrowser, { last, filter }: Simulation): Promise<Artifact[]> {
  const found: Artifact[] = [];
  let after: string | undefined;
  do {
    const limit = Math.min(PAGE, last - found.length);
    const page = await browser.list(filter, { limit, offset: 0, ...(after !== undefined && { after }) });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < last);
  return found;
}

function compare(
  artifact: Artifact,
  target: ManifestTarget,
  state: TargetState,
  decisions: readonly Decision[],
): Simulated {
  const evaluation = evaluateManifest({ artifact, target, ...state, now: artifact.created * 1000 });
  const decided = decisions.find(({ app, env }) => {
    const written = artifact.environments[target.index];
    return env === target.env && (app === target.app || app === written?.app);
  });
  const [was, is] = [decided !== undefined && goes(decided.outcome), goes(evaluation.outcome)];
  const difference = was === is ? 'none' : is ? 'released' : 'notReleased';
  const result = { artifactId: artifact.id, created: artifact.created, evaluation, difference } as const;
  return decided ? { ...result, decided } : result;
}

const GOES: ReadonlySet<DecisionOutcome> = new Set([
  'released',
  'awaitingApproval',
  'superseded',
  'held',
  'stopped',
  'rateLimited',
]);

/** Whether policies asked for it and nothing lasting stood in the way. */
function goes(outcome: DecisionOutcome): boolean {
  return GOES.has(outcome);
}

async function hypothetical(
  ports: SimulatePorts,
  { policies, without }: Simulation,
  targets: readonly TargetName[],
): Promise<(target: TargetName) => TargetState> {
  const replaced = new Set([...without, ...policies.map(policyId)]);
  const remain = (policy: Policy) => !replaced.has(policyId(policy));
  const stored = (await ports.policies.ofTargets(targets)).filter(remain);
  const environments = [...new Set(targets.map(({ env }) => env))];
  const switched = await inParallel(environments, PARALLEL, async (env) => {
    const document = await ports.policies.get({ env });
    return document.policies.map(({ policy }) => policy).filter(remain);
  });
  const all = [...stored, ...switched.flat(), ...policies];
  return ({ env, app }) => ({
    policies: all.filter(
      (policy) => policy.kind === 'auto-release' && policy.env === env && policy.app === app,
    ),
    hold: undefined,
    protected: isProtected(ports.settings, env),
    teams: teamsOf(ports.settings, app),
    ...approvalsOf(ports.settings, env),
    controls: {
      restrictions: [
        ...restrictionsOf(ports.settings, env),
        ...all.flatMap((policy) =>
          policy.kind === 'branch-restriction' && policy.env === env ? [policy] : [],
        ),
      ],
      freezes: all.flatMap((policy) =>
        policy.kind === 'freeze' && policy.env === env ? [policy.freeze] : [],
      ),
    },
  });
}
