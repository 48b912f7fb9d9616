import type { Edit, GitBranch, HistoryScan, Oid, Plan, PushOutcome } from '../../gitops/git-engine.ts';
import { commitRecord } from './commit-codec.ts';
import { limitHistory, selectHistory } from './commit-graph.ts';
import type { CommitSigner } from './commit-signer.ts';
import { directoryObjects } from './directory-objects.ts';
import { type HeldState, StateReader } from './held-state.ts';
import { type PackObject, writePack } from './pack-writer.ts';
import { PlanBuilder, type PlannedObjects } from './plan-builder.ts';
import { saysLostRace, saysObjectsMissing, saysPassingFault } from './push-words.ts';
import type { PushReport } from './receive-pack.ts';
import type { RemoteRepo } from './remote-repo.ts';
import { mayHaveArrived } from './transport.ts';
import { directoriesIn } from './tree-codec.ts';
import { TreeSource } from './tree-source.ts';

const FIRST_SCAN_DEPTH = 64;
/** A name that no directory has: asking for it holds the tree that it would be in. */
const NOWHERE = '-';

/** A branch over smart HTTP: nothing on disk, and in memory only the trees that directories are replaced in. */
export class SmartHttpBranch implements GitBranch {
  readonly #remote: RemoteRepo;
  readonly #source: TreeSource;
  readonly #states: StateReader;
  readonly #ref: string;
  readonly #signer: CommitSigner | undefined;
  readonly #contents = new WeakMap<Plan, PlannedObjects>();
  /** Undefined: not known, ask the server. Null: no such branch yet. */
  #tip: Oid | null | undefined;
  /** May be older than the tip: then it is what the difference is read against. */
  #held: HeldState | undefined;

  constructor(remote: RemoteRepo, branch: string, signer?: CommitSigner) {
    this.#signer = signer;
    this.#remote = remote;
    this.#source = new TreeSource(remote);
    this.#states = new StateReader(this.#source);
    this.#ref = `refs/heads/${branch}`;
  }

  async tip({ fresh }: { readonly fresh: boolean }): Promise<Oid | null> {
    if (this.#tip === undefined || fresh) this.#tip = await this.#remote.resolve(this.#ref);
    return this.#tip;
  }

  async plan(edits: readonly Edit[]): Promise<Plan> {
    const tip = await this.tip({ fresh: false });
    // Read beside it when not yet known: a credential that may not write shows before anything is built.
    const directories = edits.map(({ directory }) => directory);
    const [base, sign] = await Promise.all([
      this.#stateAt(tip, directories),
      this.#signer?.(),
      this.#remote.pushCapabilities(),
    ]);
    const builder = new PlanBuilder({ base, load: this.#loader(base), sign });
    for (const edit of edits) await builder.add(edit);
    const { plan, contents } = builder.finish();
    this.#contents.set(plan, contents);
    return plan;
  }

  async push(plan: Plan): Promise<PushOutcome> {
    const contents = this.#contents.get(plan);
    if (contents === undefined) throw new Error('The plan was made by another branch object: plan again.');
    if (plan.tip === null || plan.tip === plan.base) return { outcome: 'pushed' };
    const capabilities = await this.#remote.pushCapabilities();
    const ofsDelta = capabilities.includes('ofs-delta');
    const thin = capabilities.includes('no-thin') ? undefined : contents.objects;
    const outcome = thin && (await this.#send(plan, plan.tip, contents, writePack(thin, { ofsDelta })));
    if (outcome !== undefined && !isForLackOfObjects(outcome)) return outcome;
    return this.#send(plan, plan.tip, contents, writePack(selfContained(contents), { ofsDelta }));
  }

  async directories(path: string): Promise<ReadonlyMap<string, Oid>> {
    const tip = await this.tip({ fresh: false });
    const state =
      tip === null ? null : await this.#stateAt(tip, [path === '' ? NOWHERE : `${path}/${NOWHERE}`]);
    const tree = state?.trees.get(path);
    return tree === undefined ? new Map() : directoriesIn(tree.body);
  }

  async commitsSince(since: Oid | null, limit: number): Promise<HistoryScan> {
    const tip = await this.tip({ fresh: false });
    if (tip === null) return { commits: [], reached: since === null };
    if (tip === since) return { commits: [], reached: true };
    for (let depth = FIRST_SCAN_DEPTH, before = 0; ; depth *= 2) {
      const objects = await this.#source.readHistory(tip, depth);
      const commits = [...objects.values()].filter(({ type }) => type === 'commit');
      const known = new Map(commits.map(({ oid, body }) => [oid, commitRecord(oid, body)]));
      const found = selectHistory({ tip, since, known });
      // A server whose own history is cut off has no more to give, however deep it is asked.
      const exhausted = found.complete || known.size === before;
      if (exhausted || found.commits.length > limit) return limitHistory(found, limit);
      before = known.size;
    }
  }

  /** One attempt. What the server's words mean is decided by the tip, which is read again. */
  async #send(plan: Plan, tip: Oid, contents: PlannedObjects, pack: Buffer): Promise<PushOutcome> {
    let report: PushReport | undefined;
    try {
      report = await this.#remote.push({ ref: this.#ref, from: plan.base, to: tip }, pack);
    } catch (error) {
      if (!mayHaveArrived(error)) throw error;
      this.#tip = undefined;
      return { outcome: 'unknown', reason: error.message };
    }
    if (report === undefined) {
      this.#tip = undefined;
      return { outcome: 'unknown', reason: `${this.#remote.host} did not say what became of the push.` };
    }
    if (report.accepted || (await this.tip({ fresh: true })) === tip) return this.#pushed(tip, contents);
    if (this.#tip !== plan.base || saysLostRace(report.words)) return { outcome: 'moved' };
    if (saysPassingFault(report.words)) return { outcome: 'unknown', reason: report.words };
    return { outcome: 'refused', reason: report.words, ...(report.unpack !== 'ok' && { objects: true }) };
  }

  #pushed(tip: Oid, contents: PlannedObjects): PushOutcome {
    this.#tip = tip;
    this.#held = contents.after ?? undefined;
    return { outcome: 'pushed' };
  }

  async #stateAt(tip: Oid | null, directories: readonly string[]): Promise<HeldState | null> {
    if (tip === null) return null;
    this.#held = await this.#states.read({ tip, before: this.#held, directories });
    return this.#held;
  }

  #loader(base: HeldState | null) {
    return async (oid: Oid) => (base === null ? undefined : await this.#states.loadTree(base.tip, oid));
  }
}

function isForLackOfObjects(outcome: PushOutcome): boolean {
  return outcome.outcome === 'refused' && saysObjectsMissing(outcome.reason);
}

/** The pack for a server that takes no thin ones, or that has lost what we build on: it rests on nothing outside. */
function selfContained({ objects, outsideBases, restored }: PlannedObjects): PackObject[] {
  const all = [...outsideBases, ...restored.flatMap((files) => directoryObjects(files).objects), ...objects];
  return [...new Map(all.toReversed().map((object) => [object.oid, object])).values()].toReversed();
}
