import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../local/faults/random.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { requestAnswer } from '../../../shared/contract/answers.ts';
import { type CallOptions, call } from '../../support/api.ts';
import { artifactDocument, manifest } from '../../support/stores.ts';
import type { WrittenRelease } from '../history.ts';
import type { Accepted } from '../judge.ts';

/** What the API has accepted, in the order in which it was. */
export interface AcceptedOverHttp extends Accepted {
  readonly artifactId: string;
}

const RETRY_MS = 300;
const MOST_TRIES = 200;
const PAUSE_MS = { least: 300, most: 1_800 };
const TO_PRODUCTION = 0.4;
const STAGING = 'staging';
const PRODUCTION = 'production';

/** How an artifact released by policy, and a release that a person asked for, are known by their commits. */
export function nameOf({ triggeredBy, artifactId, id }: WrittenRelease): string {
  return triggeredBy === 'policy' ? byPolicy(artifactId) : id;
}

const byPolicy = (artifactId: string) => `${artifactId} by policy`;

/**
 * The CI and the engineers of one app: artifacts one after the other, each goes to staging by itself, some are released
 * to production by hand. As they do, what was not answered with success is sent again until it is.
 */
export class Lane {
  readonly accepted: AcceptedOverHttp[] = [];
  readonly #system: LocalSystem;
  readonly #app: string;
  readonly #random: Random;
  /** More of an artifact's manifests: of its number. */
  readonly #manifestOf: (n: number) => Record<string, unknown>;
  #number = 0;

  constructor(
    system: LocalSystem,
    app: string,
    random: Random,
    manifestOf: (n: number) => Record<string, unknown>,
  ) {
    this.#system = system;
    this.#app = app;
    this.#random = random;
    this.#manifestOf = manifestOf;
  }

  /** Sends until told to stop, and then sees what was begun through. */
  async run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await this.#next();
      const pause = this.#random.between(PAUSE_MS.least, PAUSE_MS.most);
      await sleep(pause, undefined, { signal: stopped }).catch(() => undefined);
    }
  }

  async #next(): Promise<void> {
    this.#number += 1;
    const id = `${this.#app}-${this.#number}`;
    await this.#persist('/api/artifact', { body: this.#document(id) });
    this.#accept(byPolicy(id), STAGING, id);
    await this.#look(id);
    if (!this.#random.chance(TO_PRODUCTION)) return;
    const body = { env: PRODUCTION, app: this.#app, artifactId: id };
    const headers = { 'idempotency-key': `${id} to ${PRODUCTION}` };
    const { releases } = requestAnswer.parse(await this.#persist('/api/releases', { body, headers }));
    for (const release of releases) this.#accept(release.id, PRODUCTION, id);
  }

  /** Somebody looks how it is going; what they see is no evidence. */
  async #look(id: string): Promise<void> {
    for (const path of [`/api/artifacts/${id}/decisions`, `/api/releases?env=${STAGING}&app=${this.#app}`])
      await call(this.#system, path).catch(() => undefined);
  }

  #document(id: string): Record<string, unknown> {
    const fields = this.#manifestOf(this.#number);
    return artifactDocument({
      id,
      version: {
        repositoryName: `acme/${this.#app}`,
        sha: `sha${this.#number}`,
        branch: 'main',
        event: 'push',
      },
      environments: [
        manifest(this.#app, STAGING, fields),
        manifest(this.#app, PRODUCTION, { ...fields, deploy: undefined }),
      ],
    });
  }

  #accept(name: string, env: string, artifactId: string): void {
    this.accepted.push({ name, target: `${env}/${this.#app}`, place: this.accepted.length, artifactId });
  }

  /** Until it is answered with success; answers the body. @throws when it is refused as wrong, or never accepted. */
  async #persist(path: string, options: CallOptions): Promise<unknown> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const answer = await call(this.#system, path, options).catch(() => undefined);
      if (answer !== undefined && answer.status < 300) return answer.body;
      if (answer !== undefined && answer.status < 500 && answer.status !== 429)
        throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      await sleep(RETRY_MS);
    }
    throw new Error(`${path} was not accepted in ${MOST_TRIES} tries`);
  }
}
