import type { DecisionAnswer, ReleaseAnswer } from '../../shared/contract/answers.ts';
import type { ApiClient } from '../client/api-client.ts';
import { ApiError, UnreachableError } from '../client/api-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { World } from '../world.ts';
import type { Narrator } from './narrator.ts';

/** What to follow: all that becomes of an artifact that arrived, or releases by their ids. */
export type Followed = { readonly artifactId: string } | { readonly releaseIds: readonly string[] };

export interface FollowTools {
  readonly api: ApiClient;
  readonly world: World;
  readonly narrator: Narrator;
  /** Unix milliseconds. */
  readonly deadline: number;
  /** Who asks what became of it takes it for a failure that nothing was to be released. */
  readonly wantsRelease?: boolean;
}

export interface FollowResult {
  readonly outcome: 'succeeded' | 'failed' | 'timedOut';
  readonly decisions: readonly DecisionAnswer[];
  /** Each as it was seen last. */
  readonly releases: readonly ReleaseAnswer[];
}

const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 2_000;

/** Follows decisions and releases to their end, or until the time is up. */
export async function follow(followed: Followed, tools: FollowTools): Promise<FollowResult> {
  const watch = new Watch(followed, tools);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, LONGEST_PAUSE_MS)) {
    const progressed = await whileReachable(() => watch.look(), tools.narrator);
    if (watch.isOver) return watch.result(false);
    const left = tools.deadline - tools.world.now();
    if (left <= 0) return watch.result(true);
    if (progressed) pause = FIRST_PAUSE_MS;
    await tools.world.sleep(Math.min(pause, left));
  }
}

export function exitCodeOf({ outcome }: FollowResult): ExitCode {
  return { succeeded: EXIT.done, failed: EXIT.failed, timedOut: EXIT.timedOut }[outcome];
}

/** A server that is away for a moment is no outcome: the deadline says how long that may go on. */
async function whileReachable(look: () => Promise<boolean>, narrator: Narrator): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    const isPassing = error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500);
    if (!isPassing) throw error;
    narrator.unreachable(error.message);
    return false;
  }
}

class Watch {
  readonly #tools: FollowTools;
  readonly #artifactId: string | undefined;
  #decided: boolean;
  readonly #decisions = new Map<string, DecisionAnswer>();
  readonly #pending: Set<string>;
  readonly #releases = new Map<string, ReleaseAnswer>();

  constructor(followed: Followed, tools: FollowTools) {
    this.#tools = tools;
    this.#artifactId = 'artifactId' in followed ? followed.artifactId : undefined;
    this.#decided = this.#artifactId === undefined;
    this.#pending = new Set('releaseIds' in followed ? followed.releaseIds : []);
  }

  get isOver(): boolean {
    return this.#decided && this.#pending.size === 0;
  }

  /** Whether there was anything new. */
  async look(): Promise<boolean> {
    const decided = await this.#lookForDecisions();
    const looked = await Promise.all([...this.#pending].map((id) => this.#lookAtRelease(id)));
    return decided || looked.includes(true);
  }

  result(timedOut: boolean): FollowResult {
    const decisions = [...this.#decisions.values()];
    const releases = [...this.#releases.values()];
    const { wantsRelease = false } = this.#tools;
    // What nothing can come of was a mistake: a file without environments, a name that is misspelt.
    const isSomething = releases.length > 0 || (decisions.length > 0 && !wantsRelease);
    const succeeded = isSomething && decisions.every(isFine) && releases.every(isWritten);
    return { outcome: timedOut ? 'timedOut' : succeeded ? 'succeeded' : 'failed', decisions, releases };
  }

  async #lookForDecisions(): Promise<boolean> {
    if (this.#artifactId === undefined || this.#decided) return false;
    const { complete, decisions } = await this.#tools.api.decisions(this.#artifactId);
    const fresh = decisions.filter(
      (decision) => decision.cause === 'arrival' && !this.#decisions.has(keyOf(decision)),
    );
    for (const decision of fresh) {
      this.#decisions.set(keyOf(decision), decision);
      if (decision.releaseId !== undefined) this.#pending.add(decision.releaseId);
      this.#tools.narrator.decided(decision);
    }
    this.#decided = complete;
    return fresh.length > 0;
  }

  async #lookAtRelease(id: string): Promise<boolean> {
    const release = await this.#find(id);
    if (release === undefined) return false;
    const before = this.#releases.get(id);
    this.#releases.set(id, release);
    if (release.terminal) this.#pending.delete(id);
    return this.#tools.narrator.reached(release, before);
  }

  /** A release is decided a moment before it is made: until then there is nothing of that id. */
  async #find(id: string): Promise<ReleaseAnswer | undefined> {
    try {
      const found = await this.#tools.api.release(id);
      return found.type === 'release' ? found : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

function keyOf({ env, app, cause, releaseId = '' }: DecisionAnswer): string {
  return [env, app, cause, releaseId].join('\n');
}

/** Not to be released is an answer; to be kept from it, or not to be understood, is a failure. */
function isFine({ outcome }: DecisionAnswer): boolean {
  return outcome === 'released' || outcome === 'awaitingApproval' || outcome === 'notMatched';
}

/** Superseded is a failure: what was pushed does not run, and whoever waited for it must know. */
function isWritten({ state }: ReleaseAnswer): boolean {
  return state === 'released' || state === 'unchanged';
}
