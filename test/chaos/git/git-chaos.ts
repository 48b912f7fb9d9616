import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../../local/faults/random.ts';
import { checkRepo } from '../check-repo.ts';
import { judge } from '../judge.ts';
import type { ChaosReport } from '../report.ts';
import { Tally } from '../tally.ts';
import { type Death, Deaths } from './deaths.ts';
import { STEPS } from './steps.ts';
import { Troubles } from './troubles.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';
import type { Ending, Writer } from './writers.ts';

export interface GitChaosOptions extends WorldOptions {
  readonly kills: number;
  /** Where writers are told to die; at every step of their work unless given. */
  readonly steps?: readonly string[];
  /** Called after every kill. */
  readonly onKill?: (kills: number) => void;
}

const MOST_AT_ONCE = 3;
const FOREIGN_PUSH = 0.4;
const FORCED = 0.03;
/** Once a writer is dead: what it may have written is edited before the next one looks, in the control always. */
const EDIT_AFTER_KILL = { usually: 0.5, inControl: 1 };
const EDITED = 6;
const THAW = 0.3;
/** Longer than a branch is left alone: no pause need be sat through. */
const PAUSE_MS = 61_000;
const CALM_TRIES = 50;

/**
 * Kills writers while releases arrive and others push, until so many are dead; then lets one work in peace, and asks
 * the repo what has become of everything.
 */
export async function runGitChaos(options: GitChaosOptions): Promise<ChaosReport> {
  const tally = new Tally();
  await using world = await startWorld(options, tally);
  const chaos = new GitChaos(world, options, tally);
  await chaos.run();
  const { repo, feed, foreigner } = world;
  tally.count('foreign push', foreigner.pushed.length - foreigner.forcedAway.length);
  tally.count('foreign push, forced', foreigner.forcedAway.length);
  const verdict = await judge({
    bare: repo.path,
    branch: repo.branch,
    accepted: feed.accepted,
    nameOf: ({ id }) => id,
    isWhole: (accepted, files) => feed.isWhole(accepted, files),
    foreign: foreigner.pushed,
    forcedAway: foreigner.forcedAway,
  });
  const spoiled = [...verdict.spoiled, ...chaos.crashes, ...(await checkRepo(repo))];
  return { kills: chaos.kills, atSteps: chaos.deaths.atSteps, tally, verdict: { ...verdict, spoiled } };
}

class GitChaos {
  readonly deaths: Deaths;
  /** What writers threw that no writer should throw. */
  readonly crashes: string[] = [];
  kills = 0;
  readonly #world: World;
  readonly #options: GitChaosOptions;
  readonly #tally: Tally;
  readonly #random: Random;
  readonly #troubles: Troubles;
  readonly #frozen: Writer[] = [];
  /** The one that did not die; it works again. */
  #survivor: Writer | undefined;
  #clockAheadMs = 0;
  /** Milliseconds that a writer takes which nobody kills. */
  #usualMs = 300;

  constructor(world: World, options: GitChaosOptions, tally: Tally) {
    this.#world = world;
    this.#options = options;
    this.#tally = tally;
    this.#random = new Random(options.seed);
    this.deaths = new Deaths(this.#random, options.steps ?? STEPS);
    this.#troubles = new Troubles(world, this.#random, tally);
  }

  async run(): Promise<void> {
    await this.#world.feed.put(1);
    for (let rounds = 0; this.#left > 0 && rounds < this.#mostRounds; rounds += 1) await this.#round();
    await this.#calmDown();
  }

  /** Many a writer survives; if most do, something else is wrong. */
  get #mostRounds(): number {
    return 10 * this.#options.kills + 100;
  }

  get #left(): number {
    return this.#options.kills - this.kills;
  }

  /** One life of a writer, with what happens meanwhile. */
  async #round(): Promise<void> {
    const { feed, foreigner } = this.#world;
    const killsBefore = this.kills;
    const arrivals = Math.floor(this.#random.between(0, MOST_AT_ONCE + 1));
    const around = [feed.put(arrivals), this.#foreignPush(), this.#thaw()];
    const death = this.deaths.choose(this.#left);
    const uncovered = this.deaths.neverHit.length > 0;
    await this.#troubles.during(uncovered, () => this.#life(death));
    await Promise.all(around);
    const edits = this.#options.historyScan ? EDIT_AFTER_KILL.usually : EDIT_AFTER_KILL.inControl;
    if (this.kills > killsBefore && this.#random.chance(edits))
      await foreigner.edit(feed.recentTargets(EDITED));
  }

  async #life(death: Death): Promise<void> {
    const writer = this.#survivor ?? (await this.#world.writers.take());
    this.#survivor = undefined;
    const work = this.#work(writer, death.kind === 'step' ? death.at : {});
    if (death.kind === 'clock' || death.kind === 'frozen') {
      await Promise.race([work, sleep(this.#random.between(0, 1.2 * this.#usualMs))]);
    }
    if (death.kind === 'clock') writer.kill();
    if (death.kind === 'frozen') this.#freeze(writer);
    else if ((await work).type === 'done' && death.kind !== 'clock') this.#survivor = writer;
  }

  /** Hands a writer its work, and notes how it ended, whenever that is. */
  async #work(writer: Writer, deaths: Readonly<Record<string, number>>): Promise<Ending> {
    const { feed } = this.#world;
    const begun = Date.now();
    const releaseIds = feed.accepted.slice(-MOST_AT_ONCE).map(({ name }) => name);
    const ending = await writer.work({ releaseIds, clockAheadMs: this.#clockAheadMs, deaths });
    if (ending.type === 'killed') {
      if (this.#left > 0) this.#noteKill(ending.step);
    } else if (ending.type === 'failed') {
      this.crashes.push(ending.error);
      writer.kill();
    } else {
      this.#usualMs = 0.9 * this.#usualMs + 0.1 * (Date.now() - begun);
      if (ending.paused !== undefined) this.#clockAheadMs += PAUSE_MS;
    }
    return ending;
  }

  #noteKill(step: string): void {
    this.kills += 1;
    this.#options.onKill?.(this.kills);
    if (step === '') this.#tally.count('killed by the clock');
    else this.deaths.note(step);
  }

  #freeze(writer: Writer): void {
    writer.freeze();
    this.#frozen.push(writer);
    this.#tally.count('frozen');
  }

  /** One that was stopped goes on where it was, and is killed soon. */
  async #thaw(): Promise<void> {
    if (this.#left < 3 || !this.#random.chance(THAW)) return;
    const writer = this.#frozen.shift();
    writer?.thaw();
    await sleep(this.#random.between(0, this.#usualMs));
    writer?.kill();
  }

  async #foreignPush(): Promise<void> {
    if (!this.#random.chance(FOREIGN_PUSH)) return;
    const { feed, foreigner } = this.#world;
    const isForced = this.#random.chance(FORCED);
    const targets = this.#random.chance(0.5) ? feed.recentTargets(EDITED) : [];
    await sleep(this.#random.between(0, this.#usualMs));
    await (isForced ? foreigner.force() : foreigner.edit(targets));
  }

  /** No more troubles: the next writers do all that is left to do. */
  async #calmDown(): Promise<void> {
    const { server, stores, repo, writers } = this.#world;
    for (const writer of this.#frozen) writer.kill();
    server.breakDown({ any: 0, push: 0 });
    await server.settled();
    const writer = this.#survivor ?? (await writers.take());
    for (let tries = 0; tries < CALM_TRIES; tries += 1) {
      const ending = await this.#work(writer, {});
      const waiting = await stores.ready.list(repo, 1);
      if (ending.type !== 'done' || (ending.pushes === 0 && waiting.length === 0)) break;
    }
    writer.kill();
  }
}
