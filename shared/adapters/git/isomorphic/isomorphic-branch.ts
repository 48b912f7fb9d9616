import git from 'isomorphic-git';
import { GitRefusedError, TransientError } from '../../../errors/errors.ts';
import { redact } from '../../../errors/redact.ts';
import type {
  CommitRecord,
  Edit,
  GitBranch,
  HistoryScan,
  Oid,
  Plan,
  PlannedEdit,
  PushOutcome,
} from '../../../gitops/git-engine.ts';
import { serializeCommit } from '../commit-codec.ts';
import { limitHistory, selectHistory } from '../commit-graph.ts';
import type { CommitSigner, SignCommit } from '../commit-signer.ts';
import { checkEdit } from '../edit-rules.ts';
import { saysLostRace, saysObjectsMissing, saysPassingFault } from '../push-words.ts';
import { type GitTransport, mayHaveArrived } from '../transport.ts';
import { editTree } from './edit-tree.ts';
import { isomorphicHttp } from './isomorphic-http.ts';
import { type LocalRepo, localRepo, readCommit, readTree } from './object-store.ts';

const ZERO_OID = '0'.repeat(40);
const FIRST_SCAN_DEPTH = 64;
/** Deeper than any history: what git itself asks for to make a shallow repo whole. */
const WHOLE_HISTORY = 0x7fffffff;

interface BranchOptions {
  readonly url: string;
  readonly branch: string;
  readonly gitdir: string;
  readonly transport: GitTransport;
  readonly signer?: CommitSigner | undefined;
}

export async function isomorphicBranch(options: BranchOptions): Promise<GitBranch> {
  const repo = localRepo(options.gitdir);
  await git.init({ ...repo, bare: true, defaultBranch: options.branch });
  await git.addRemote({ ...repo, remote: 'origin', url: options.url, force: true });
  return new IsomorphicBranch(options, repo);
}

class IsomorphicBranch implements GitBranch {
  readonly #transport: GitTransport;
  readonly #signer: CommitSigner | undefined;
  readonly #url: string;
  readonly #ref: string;
  readonly #repo: LocalRepo;
  /** Undefined: not known, ask the server. Null: no such branch yet. */
  #tip: Oid | null | undefined;

  constructor({ url, branch, transport, signer }: BranchOptions, repo: LocalRepo) {
    this.#transport = transport;
    this.#signer = signer;
    this.#url = url.replace(/\/+$/, '');
    this.#ref = `refs/heads/${branch}`;
    this.#repo = repo;
  }

  async tip({ fresh }: { readonly fresh: boolean }): Promise<Oid | null> {
    if (this.#tip === undefined || fresh) this.#tip = await this.#readTip();
    return this.#tip;
  }

  async plan(edits: readonly Edit[]): Promise<Plan> {
    const base = await this.tip({ fresh: false });
    if (base !== null) await this.#hold(base);
    const sign = await this.#signer?.();
    const planned: PlannedEdit[] = [];
    let tip = this.#tip ?? null;
    for (const edit of edits) {
      const outcome = await this.#planEdit(tip, edit, sign);
      if (outcome.outcome === 'commit') tip = outcome.commit;
      planned.push(outcome);
    }
    return { base: this.#tip ?? null, tip, edits: planned };
  }

  async push(plan: Plan): Promise<PushOutcome> {
    if (plan.tip === null || plan.tip === plan.base) return { outcome: 'pushed' };
    const http = isomorphicHttp(this.#transport, this.#url);
    const words: string[] = [];
    try {
      await this.#send(plan, plan.tip, http, words);
    } catch (error) {
      this.#tip = undefined;
      if (error instanceof git.Errors.UserCanceledError) return { outcome: 'moved' };
      if (error instanceof git.Errors.GitPushError)
        return this.#judge(plan, [...words, pushErrorText(error)]);
      if (!http.pushed || error instanceof GitRefusedError) throw this.#translate(error);
      if (error instanceof TransientError && !mayHaveArrived(error)) throw error;
      return { outcome: 'unknown', reason: messageOf(error) };
    }
    await this.#remember(plan.tip);
    return { outcome: 'pushed' };
  }

  async directories(path: string): Promise<ReadonlyMap<string, Oid>> {
    const tip = await this.tip({ fresh: false });
    if (tip === null) return new Map();
    await this.#hold(tip);
    let tree = (await readCommit(this.#repo, this.#tip ?? tip))?.tree;
    for (const name of path === '' ? [] : path.split('/')) {
      const entries = tree === undefined ? [] : ((await readTree(this.#repo, tree)) ?? []);
      tree = entries.find((entry) => entry.path === name && entry.type === 'tree')?.oid;
    }
    const entries = tree === undefined ? [] : ((await readTree(this.#repo, tree)) ?? []);
    return new Map(entries.filter(({ type }) => type === 'tree').map((entry) => [entry.path, entry.oid]));
  }

  async commitsSince(since: Oid | null, limit: number): Promise<HistoryScan> {
    const tip = await this.tip({ fresh: false });
    if (tip === null) return { commits: [], reached: since === null };
    if (tip === since) return { commits: [], reached: true };
    await this.#hold(tip);
    for (let before = 0; ; ) {
      const known = await this.#knownCommits();
      const found = selectHistory({ tip: this.#tip ?? tip, since, known });
      // A server whose own history is cut off has no more to give, however deep it is asked.
      const exhausted = found.complete || known.size === before;
      if (exhausted || found.commits.length > limit) return limitHistory(found, limit);
      before = known.size;
      await this.#fetch(Math.max(FIRST_SCAN_DEPTH, 2 * known.size));
    }
  }

  async #planEdit(parent: Oid | null, edit: Edit, sign?: SignCommit): Promise<PlannedEdit> {
    const refused = checkEdit(edit);
    if (refused !== undefined) return refused;
    if (edit.content.kind === 'tree')
      await this.#holdTree(edit.content.tree, edit.content.files !== undefined);
    const head = parent === null ? undefined : await readCommit(this.#repo, parent);
    const edited = await editTree(this.#repo, head?.tree ?? null, edit);
    if ('outcome' in edited) return edited;
    const { root, tree, previousTree } = edited;
    if (tree === previousTree || root === null) return { outcome: 'unchanged', tree, previousTree };
    const time = Math.max(edit.time, head?.committer.timestamp ?? 0);
    const parents = parent === null ? [] : [parent];
    const content = { tree: root, parents, identity: edit.identity, time, message: edit.message };
    // Its own way of writing commits signs with OpenPGP only.
    const object = serializeCommit(content, sign);
    const commit = await git.writeObject({ ...this.#repo, type: 'commit', object, format: 'content' });
    return { outcome: 'commit', commit, tree, previousTree };
  }

  /** A tree of an earlier commit may lie beyond what was fetched: then, and only then, all of history is read. */
  async #holdTree(tree: Oid, filesAreKnown: boolean): Promise<void> {
    if (filesAreKnown || this.#tip == null || (await readTree(this.#repo, tree)) !== undefined) return;
    await this.#fetch(WHOLE_HISTORY);
  }

  async #send(plan: Plan, tip: Oid, http: ReturnType<typeof isomorphicHttp>, words: string[]): Promise<void> {
    const ref = 'refs/gimletd/plan';
    await git.writeRef({ ...this.#repo, ref, value: tip, force: true });
    await git.push({
      ...this.#repo,
      http,
      url: this.#url,
      remote: 'origin',
      ref,
      remoteRef: this.#ref,
      // isomorphic-git names as the old value whatever the server advertises: this makes it a compare-and-swap.
      onPrePush: ({ remoteRef }) => remoteRef.oid === (plan.base ?? ZERO_OID),
      onMessage: (line) => {
        words.push(line.trim());
      },
    });
  }

  /** The server said no: what that means, the tip alone can tell. */
  async #judge(plan: Plan, words: readonly string[]): Promise<PushOutcome> {
    const tip = await this.tip({ fresh: true });
    if (tip === plan.tip) return { outcome: 'pushed' };
    const reason = redact(words.filter((line) => line !== '').join('\n'));
    if (tip !== plan.base || saysLostRace(reason)) return { outcome: 'moved' };
    if (saysPassingFault(reason)) return { outcome: 'unknown', reason };
    return { outcome: 'refused', reason, ...(saysObjectsMissing(reason) && { objects: true }) };
  }

  async #readTip(): Promise<Oid | null> {
    const http = isomorphicHttp(this.#transport, this.#url);
    try {
      const refs = await git.listServerRefs({ http, url: this.#url, prefix: this.#ref, protocolVersion: 2 });
      const oid = refs.find(({ ref }) => ref === this.#ref)?.oid ?? null;
      if (oid !== null && oid.length !== 40) {
        throw new GitRefusedError(
          'The GitOps repo uses SHA-256 object ids: only SHA-1 repos can be written to.',
        );
      }
      return oid;
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /** Makes sure that the commit and all of its tree are on disk; moves the tip on if the branch went on meanwhile. */
  async #hold(tip: Oid): Promise<void> {
    const held = await git.resolveRef({ ...this.#repo, ref: this.#ref }).catch(() => undefined);
    if (held !== tip) await this.#fetch(1);
  }

  async #fetch(depth: number): Promise<void> {
    const http = isomorphicHttp(this.#transport, this.#url);
    try {
      const { fetchHead } = await git.fetch({
        ...this.#repo,
        http,
        url: this.#url,
        remote: 'origin',
        ref: this.#ref,
        remoteRef: this.#ref,
        depth,
        singleBranch: true,
        tags: false,
      });
      if (fetchHead === null)
        throw new TransientError('git-moved', 'The branch went away while it was read.');
      await this.#remember(fetchHead);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async #remember(tip: Oid): Promise<void> {
    await git.writeRef({ ...this.#repo, ref: this.#ref, value: tip, force: true });
    this.#tip = tip;
  }

  async #knownCommits(): Promise<Map<Oid, CommitRecord>> {
    const known = new Map<Oid, CommitRecord>();
    const next = new Set(this.#tip == null ? [] : [this.#tip]);
    for (const oid of next) {
      const commit = await readCommit(this.#repo, oid);
      if (commit === undefined) continue;
      known.set(oid, { oid, parents: commit.parent, message: commit.message });
      for (const parent of commit.parent) next.add(parent);
    }
    return known;
  }

  #translate(error: unknown): Error {
    if (error instanceof TransientError || error instanceof GitRefusedError) return error;
    const message = `${this.#transport.host} sent what isomorphic-git does not understand: ${messageOf(error)}`;
    return new TransientError('git-protocol', message, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pushErrorText(error: InstanceType<typeof git.Errors.GitPushError>): string {
  const { result, prettyDetails } = error.data;
  return [result.error, prettyDetails.replace(/\n\s*- /g, '\n').trim()].filter(Boolean).join('\n');
}
