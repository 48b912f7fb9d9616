import { inParallel } from '../concurrency/in-parallel.ts';
import { UnprocessableError } from '../errors/errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import type { Condition } from '../policy/condition.ts';
import type { GateVerdict, Hold } from '../policy/gates.ts';
import { type ApprovalRule, ruleText } from '../release/approval.ts';
import type { Bundles, ControlsReader, Releases, Targets } from '../release/ports.ts';
import type { Asked, Wanted } from '../release/record-request.ts';
import type { TargetName } from '../release/release.ts';
import type { ManifestRenderer } from '../release/render-invocation.ts';
import { requestGates } from '../release/request-gates.ts';
import { restoring } from '../release/request-rollback.ts';
import { approvalRule, gitOpsLocation, type Settings } from '../release/settings.ts';
import type { Target } from '../release/target.ts';
import { diffDirectories, type FileDiff } from './file-diff.ts';
import { bundleOf, filesOf } from './kept-files.ts';
import { targetDirectory } from './release-files.ts';
import { findRunning, type ReleasesReader, type Running } from './running-files.ts';

export interface PreviewPorts {
  readonly targets: Pick<Targets, 'getMany'>;
  readonly releases: Pick<Releases, 'get'> & ReleasesReader;
  readonly controls: ControlsReader;
  readonly bundles: Pick<Bundles, 'get'>;
  readonly renderer: ManifestRenderer;
  readonly settings: Settings;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** What one release of a request would come to. */
export interface PreviewedTarget extends TargetName {
  readonly artifactId: string;
  /** `released` when nothing stands in its way but, for `awaitingApproval`, that people agree; `failed` when it can't be rendered. */
  readonly outcome: 'released' | 'awaitingApproval' | 'restricted' | 'frozen' | 'failed';
  readonly sentence: string;
  readonly conditions: readonly Condition[];
  readonly errors: readonly FieldError[];
  /** What runs there now. */
  readonly running?: Running;
  /** Automation is held there now. */
  readonly hold?: Hold;
  /** Why automation would be held from then on. */
  readonly willHold?: string;
  /** How its directory would change; `release.json`, which names the release, is left out. */
  readonly files: readonly FileDiff[];
}

/** Manifests rendered at once. */
const PARALLEL = 10;
/** A caller is not kept waiting for longer. */
const PATIENCE_MS = 20_000;

/**
 * Says what a request would come to, and writes nothing: no order is taken, no hold placed, no request recorded.
 * Undefined when something is not rendered in time: it goes on, and asking again finds it.
 * @throws TransientError
 */
export async function previewRequest(
  ports: PreviewPorts,
  asked: Pick<Asked, 'kind' | 'overrideFreeze'>,
  wanted: readonly Wanted[],
): Promise<PreviewedTarget[] | undefined> {
  const now = ports.clock();
  const [found, controls] = await Promise.all([
    ports.targets.getMany(wanted),
    ports.controls.readMany([...new Set(wanted.map(({ env }) => env))]),
  ]);
  const targets = new Map(found.map((target) => [nameOf(target), target]));
  const running = await findRunning(ports.releases, found);
  const runningOf = new Map(found.map((target, index) => [nameOf(target), running[index]]));
  const previews = await inParallel(wanted, PARALLEL, async (one) => {
    const known = controls.get(one.env);
    if (!known) throw new Error(`the controls of ${one.env} were not read`);
    const gates = requestGates(asked, one, known, now);
    const state = { target: targets.get(nameOf(one)), running: runningOf.get(nameOf(one)), gates };
    return preview(ports, asked.kind, one, state, now + PATIENCE_MS);
  });
  const ended = previews.filter((one) => one !== undefined);
  return ended.length === previews.length ? ended : undefined;
}

interface Seen {
  readonly target: Target | undefined;
  readonly running: Running | undefined;
  readonly gates: GateVerdict;
}

async function preview(
  ports: PreviewPorts,
  kind: Asked['kind'],
  wanted: Wanted,
  { target, running, gates }: Seen,
  latest: number,
): Promise<PreviewedTarget | undefined> {
  const { app, env, artifactId, holdReason } = wanted;
  const { hold } = target ?? {};
  const fixed = {
    ...{ app, env, artifactId, conditions: gates.conditions },
    ...(running && { running }),
    ...(hold && { hold }),
    ...(holdReason !== undefined && { willHold: holdReason }),
  };
  try {
    const bundle = await bundleAfter(ports, kind, wanted, latest - ports.clock());
    if (bundle === PENDING) return undefined;
    const files = await changes(ports, wanted, running, bundle);
    if (gates.outcome === 'restricted' || gates.outcome === 'frozen') {
      return { ...fixed, outcome: gates.outcome, sentence: gates.reason, errors: [], files };
    }
    const rule = approvalRule(ports.settings, env);
    const outcome = rule ? 'awaitingApproval' : 'released';
    return { ...fixed, outcome, sentence: sentenceOf(kind, rule, files), errors: [], files };
  } catch (error) {
    if (!(error instanceof UnprocessableError)) throw error;
    return { ...fixed, outcome: 'failed', sentence: error.message, errors: error.errors, files: [] };
  }
}

const PENDING = Symbol('not rendered yet');

/** The digest of the files that would be there; undefined for none. */
async function bundleAfter(
  { releases, renderer }: PreviewPorts,
  kind: Asked['kind'],
  { artifactId, manifestIndex, basis }: Wanted,
  withinMs: number,
): Promise<string | undefined | typeof PENDING> {
  if (kind === 'delete') return undefined;
  if (kind === 'release' || kind === 'promote') {
    if (withinMs <= 0) return PENDING;
    return (await renderer.render({ artifactId, manifestIndex }, withinMs))?.bundle ?? PENDING;
  }
  const release = basis === undefined ? undefined : await releases.get(basis);
  if (!release) throw new Error(`release ${basis}, which is to be put back, is gone`);
  return bundleOf({ id: release.id, change: restoring(release) });
}

async function changes(
  { bundles, settings }: PreviewPorts,
  target: TargetName,
  running: Running | undefined,
  bundle: string | undefined,
): Promise<FileDiff[]> {
  const before = running && bundleOf(running.release);
  if (before === bundle) return [];
  const path = targetDirectory(gitOpsLocation(settings, target.env).layout, target);
  const [old, fresh] = await Promise.all([filesOf(bundles, before), filesOf(bundles, bundle)]);
  return diffDirectories({ path, files: old }, { path, files: fresh });
}

const WOULD = {
  release: 'it would be released',
  promote: 'it would be released',
  rollback: 'it would be rolled back',
  delete: 'it would be deleted',
} as const;

function sentenceOf(kind: Asked['kind'], rule: ApprovalRule | undefined, files: readonly FileDiff[]): string {
  const what = rule ? `${WOULD[kind]} after ${ruleText(rule)}` : WOULD[kind];
  return files.length === 0 ? `${what}, and no file would change` : what;
}

function nameOf({ app, env }: TargetName): string {
  return JSON.stringify([env, app]);
}
