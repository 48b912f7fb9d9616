import type { Random } from '../../../local/faults/random.ts';
import { installHook } from '../../support/native-git.ts';
import type { Tally } from '../tally.ts';
import type { World } from './world.ts';

/** What the git server does to a writer. */
const TROUBLES = ['pushes fail', 'refused', 'away', 'requests fail'] as const;
/** Every kind in turn, and peace after what a branch is paused for: then it goes on. */
const ALL_KINDS = [
  'refused',
  'none',
  'pushes fail',
  'refused',
  'none',
  'away',
  'none',
  'requests fail',
] as const;

/** Nothing is ever wholly well. */
const USUALLY = { any: 0.01, push: 0.05 };
const OFTEN = { 'pushes fail': { any: 0.01, push: 0.8 }, 'requests fail': { any: 0.3, push: 0.3 } };
const TROUBLED = 0.2;
const LONGEST_AWAY_MS = 300;

/** Gives the git server a bad time of some kind while a writer works. */
export class Troubles {
  readonly #world: Pick<World, 'server' | 'repo'>;
  readonly #random: Random;
  readonly #tally: Tally;
  #turn = 0;

  constructor(world: Pick<World, 'server' | 'repo'>, random: Random, tally: Tally) {
    this.#world = world;
    this.#random = random;
    this.#tally = tally;
  }

  /** Runs `work`, with every kind of trouble in turn, or now and then with one. */
  async during<T>(allKinds: boolean, work: () => Promise<T>): Promise<T> {
    const { server } = this.#world;
    const kind = allKinds ? this.#nextKind() : this.#anyKind();
    if (kind !== 'none') this.#tally.count(`trouble: ${kind}`);
    if (kind === 'refused') return this.#refusing(work);
    server.breakDown(kind === 'pushes fail' || kind === 'requests fail' ? OFTEN[kind] : USUALLY);
    const back = kind === 'away' ? server.goAway(this.#random.between(0, LONGEST_AWAY_MS)) : undefined;
    const result = await work();
    await back;
    return result;
  }

  #nextKind() {
    this.#turn += 1;
    return ALL_KINDS[this.#turn % ALL_KINDS.length] ?? 'none';
  }

  #anyKind() {
    const [kind = 'none'] = this.#random.chance(TROUBLED) ? this.#random.shuffle(TROUBLES) : [];
    return kind;
  }

  /** The repo takes nothing from anybody. */
  async #refusing<T>(work: () => Promise<T>): Promise<T> {
    const { path } = this.#world.repo;
    this.#world.server.breakDown(USUALLY);
    installHook(path, 'pre-receive', 'echo "not today" >&2; exit 1');
    try {
      return await work();
    } finally {
      installHook(path, 'pre-receive', 'exit 0');
    }
  }
}
