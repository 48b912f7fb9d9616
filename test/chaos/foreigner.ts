import type { Random } from '../../local/faults/random.ts';
import { branchTip, runGit } from './native-git.ts';

/** How many files of their own the others have. */
const OWN_FILES = 20;
const SCRATCH = 'refs/foreign/next';
const MOST_FORCED = 4;

/** Everybody else who pushes to the repo, with native git. One thing at a time. */
export class Foreigner {
  /** Commits that the repo took from them. */
  readonly pushed: string[] = [];
  /** Where the branch was each time that they forced it. */
  readonly forcedAway: string[] = [];
  readonly #bare: string;
  readonly #branch: string;
  readonly #random: Random;
  #turn: Promise<unknown> = Promise.resolve();
  #edits = 0;

  constructor(repo: { readonly path: string; readonly branch: string }, random: Random) {
    this.#bare = repo.path;
    this.#branch = repo.branch;
    this.#random = random;
  }

  /** Commits to a file of their own, and edits by hand what stands in these targets' directories. */
  edit(targets: readonly string[]): Promise<void> {
    this.#edits += 1;
    const own = `docs/note-${Math.floor(this.#random.between(0, OWN_FILES))}.md`;
    const paths = [own, ...targets.map((target) => `${target}/configmap.yaml`)];
    return this.#inTurn(() => this.#commit(paths, `edited by hand: ${this.#edits}\n`));
  }

  /** Throws away the newest commits and goes on with one of their own, or writes them anew, as a rebase does. */
  force(): Promise<void> {
    return this.#inTurn(async () => {
      const tip = await branchTip(this.#bare, this.#branch);
      const back = Math.floor(this.#random.between(1, MOST_FORCED));
      const base = tip && (await this.#git(['rev-list', `--skip=${back}`, '-1', tip]));
      if (!tip || !base) return;
      const instead = this.#random.chance(0.5)
        ? await this.#import(base, ['docs/forced.md'], `forced: ${tip}\n`)
        : await this.#rebase(base, tip);
      const lease = `--force-with-lease=${this.#branch}:${tip}`;
      if (!(await this.#push(lease, '.', `+${instead}:refs/heads/${this.#branch}`))) return;
      this.forcedAway.push(tip);
      this.pushed.push(instead);
    });
  }

  /** The same trees and messages by another committer; answers the newest. */
  async #rebase(base: string, tip: string): Promise<string> {
    const commits = await this.#git(['rev-list', '--reverse', `${base}..${tip}`]);
    let parent = base;
    for (const commit of commits.split('\n')) {
      const message = await this.#git(['log', '-1', '--format=%B', commit]);
      parent = await this.#git(['commit-tree', `${commit}^{tree}`, '-p', parent], message);
    }
    return parent;
  }

  async #commit(paths: readonly string[], text: string): Promise<void> {
    const base = await branchTip(this.#bare, this.#branch);
    const commit = await this.#import(base, paths, text);
    // Whoever is overtaken gives up: there will be another one.
    if (await this.#push('.', `${SCRATCH}:refs/heads/${this.#branch}`)) this.pushed.push(commit);
  }

  /** Makes a commit on another one; answers its id. */
  async #import(base: string | undefined, paths: readonly string[], text: string): Promise<string> {
    const data = `data ${Buffer.byteLength(text)}\n${text}\n`;
    const stream = [
      `commit ${SCRATCH}\n`,
      `committer Somebody Else <else@example.com> ${Math.floor(Date.now() / 1000)} +0000\n`,
      data,
      ...(base === undefined ? [] : [`from ${base}\n`]),
      ...paths.map((path) => `M 100644 inline ${path}\n${data}`),
    ].join('');
    await this.#git(['fast-import', '--quiet', '--force'], stream);
    return this.#git(['rev-parse', SCRATCH]);
  }

  async #push(...args: string[]): Promise<boolean> {
    try {
      await this.#git(['push', '--quiet', ...args]);
      return true;
    } catch {
      return false;
    }
  }

  #git(args: readonly string[], input?: string): Promise<string> {
    return runGit(this.#bare, args, input);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
