import { inParallel } from '../concurrency/in-parallel.ts';
import type { Bundles, DriftRecords, Targets } from '../release/ports.ts';
import { nothingRuns, runs } from '../release/running.ts';
import { gitOpsLocation, type Settings } from '../release/settings.ts';
import type { Target } from '../release/target.ts';
import { diffDirectories, type FileDiff } from './file-diff.ts';
import { bundleOf, filesOf } from './kept-files.ts';
import { targetDirectory } from './release-files.ts';
import { findRunning, type ReleasesReader, type Running } from './running-files.ts';

export interface ComparePorts {
  readonly targets: Pick<Targets, 'get'>;
  readonly drift: Pick<DriftRecords, 'listOf'>;
  readonly releases: ReleasesReader;
  readonly bundles: Pick<Bundles, 'get'>;
  readonly settings: Settings;
}

/** Apps compared at once: only one that is asked for by its name has its files read. */
const PARALLEL = 10;

/** Two environments, and the one app in them that is wanted with all that differs. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly app?: string;
}

/** What runs of one app in two environments. */
export interface ComparedApp {
  readonly app: string;
  /** `same`: their rendered files are. */
  readonly state: 'same' | 'different' | 'onlyFrom' | 'onlyTo';
  readonly from?: Running;
  readonly to?: Running;
  /** Of the app that was asked for: what makes the files in `from` those in `to`. */
  readonly files?: readonly FileDiff[];
}

/**
 * Compares what runs in two environments, by the files that were rendered for it: one app file by file, or all of them
 * by whether they are the same, sorted by name.
 * @throws NotFoundError `nothing-runs`
 */
export async function compareEnvironments(ports: ComparePorts, wanted: Comparison): Promise<ComparedApp[]> {
  const { from, to, app } = wanted;
  const [ofFrom, ofTo] = await Promise.all([runningIn(ports, from, app), runningIn(ports, to, app)]);
  if (app !== undefined && ofFrom.size + ofTo.size === 0) throw await nothingRuns(ports.drift, from, app);
  for (const [env, found] of [[from, ofFrom] as const, [to, ofTo] as const]) {
    if (found.size === 0) await refuseUnknown(ports, env, app);
  }
  const names = [...new Set([...ofFrom.keys(), ...ofTo.keys()])].sort();
  return inParallel(names, PARALLEL, (name) =>
    compare(ports, wanted, name, ofFrom.get(name), ofTo.get(name)),
  );
}

async function runningIn(
  { targets, drift, releases }: ComparePorts,
  env: string,
  app: string | undefined,
): Promise<Map<string, Running>> {
  const found: Target[] = app === undefined ? await drift.listOf(env) : [await targets.get({ app, env })];
  const running = await findRunning(releases, found);
  return new Map(found.flatMap((target, index) => withName(target.app, running[index])));
}

function withName(app: string, running: Running | undefined): [string, Running][] {
  return running ? [[app, running]] : [];
}

/** Where nothing runs and of which nothing is set, the name is misspelt. */
async function refuseUnknown({ drift, settings }: ComparePorts, env: string, app?: string): Promise<void> {
  if (settings.environments[env] !== undefined) return;
  const others = app === undefined ? [] : (await drift.listOf(env)).filter(runs);
  if (others.length === 0) throw await nothingRuns(drift, env);
}

async function compare(
  { bundles, settings }: ComparePorts,
  wanted: Comparison,
  app: string,
  from: Running | undefined,
  to: Running | undefined,
): Promise<ComparedApp> {
  const [old, fresh] = [from && bundleOf(from.release), to && bundleOf(to.release)];
  const state = !to ? 'onlyFrom' : !from ? 'onlyTo' : old === fresh ? 'same' : 'different';
  const compared: ComparedApp = { app, state, ...(from && { from }), ...(to && { to }) };
  if (wanted.app === undefined) return compared;
  const path = (env: string) => targetDirectory(gitOpsLocation(settings, env).layout, { app, env });
  const files = diffDirectories(
    { path: path(wanted.from), files: await filesOf(bundles, old) },
    { path: path(wanted.to), files: await filesOf(bundles, fresh) },
  );
  return { ...compared, files };
}
