import type { Random } from '../../../local/faults/random.ts';
import type { TestRepo } from '../../support/git-server.ts';
import { readyRelease } from '../../support/ready-release.ts';
import type { Stores } from '../../support/stores.ts';
import type { Accepted } from '../judge.ts';

const ENVIRONMENTS = ['staging', 'production'];
const APPS = ['cart', 'mail', 'pay', 'search', 'shop', 'user'];
const LATE = 0.1;

/** A release that was put, and what it is to leave in its directory. */
interface PutRelease extends Accepted {
  readonly artifactId: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Releases of several apps and environments, as renderers hand them over. */
export class ReleaseFeed {
  /** In the order in which they were ready. */
  readonly accepted: PutRelease[] = [];
  readonly #stores: Stores;
  readonly #repo: TestRepo;
  readonly #random: Random;
  #numbers = 0;

  constructor(stores: Stores, repo: TestRepo, random: Random) {
    this.#stores = stores;
    this.#repo = repo;
    this.#random = random;
  }

  /** Some more; sometimes two of a target, the newer of which is ready first. */
  async put(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) {
      const target = { env: this.#pick(ENVIRONMENTS), app: this.#pick(APPS) };
      const orders = this.#random.chance(LATE) ? [this.#next(), this.#next()].reverse() : [this.#next()];
      for (const order of orders) await this.#putOne(target, order);
    }
  }

  /** What the last few are for. */
  recentTargets(count: number): string[] {
    return [...new Set(this.accepted.slice(-count).map(({ target }) => target))];
  }

  isWhole(accepted: Accepted, found: ReadonlyMap<string, string>): boolean {
    const release = this.accepted.find(({ name }) => name === accepted.name);
    if (!release || found.size !== Object.keys(release.files).length + 1) return false;
    const { artifactId } = JSON.parse(found.get('release.json') ?? '{}') as { artifactId?: string };
    const isSame = Object.entries(release.files).every(([path, text]) => found.get(path) === text.trimEnd());
    return isSame && artifactId === release.artifactId;
  }

  async #putOne({ env, app }: { readonly env: string; readonly app: string }, order: number): Promise<void> {
    const names = ['configmap.yaml', 'service.yaml', 'ingress.yaml'].slice(0, 1 + (order % 3));
    const files = Object.fromEntries(names.map((name) => [name, `number: ${order}\n`]));
    const release = await readyRelease(this.#stores, this.#repo, { app, env, order, files });
    const { id: name, artifactId } = release;
    this.accepted.push({ name, target: `${env}/${app}`, place: order, artifactId, files });
  }

  #next(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  #pick<T>(list: readonly T[]): T {
    return this.#random.shuffle(list)[0] as T;
  }
}
