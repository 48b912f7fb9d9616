import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../local/faults/random.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { releaseAnswer } from '../../../shared/contract/answers.ts';
import { SETTINGS_MEMORY_MS } from '../../../shared/release/settings-reader.ts';
import type { Approvers } from './approvers.ts';
import { CANARY, type Lane } from './lane.ts';
import { persist } from './persist.ts';
import { APPROVALS_NEEDED, type SettledOverHttp, settle, type Way } from './settlement.ts';

const LOOK_EVERY_MS = 200;
/** Of so many releases one is settled as anywhere else; for the others the rule is changed. */
const SETTLED_EVERY = 3;

/**
 * An environment whose rule is changed now and then, between two approvals of a release: whoever comes after that is
 * told that it waits no more. Now and then one is settled under the rule as it is.
 */
export class Canary {
  readonly settled: SettledOverHttp[] = [];
  /** How often the rule was changed. */
  changes = 0;
  readonly #system: LocalSystem;
  readonly #approvers: Approvers;
  readonly #lane: Lane;
  readonly #random: Random;

  constructor(system: LocalSystem, approvers: Approvers, lane: Lane, random: Random) {
    this.#system = system;
    this.#approvers = approvers;
    this.#lane = lane;
    this.#random = random;
  }

  /** Has the environment ask for approvals, as it is to before anything is released there. */
  async changeRule(): Promise<void> {
    this.changes += 1;
    const approvals = { required: APPROVALS_NEEDED, withinHours: 24 + (this.changes % 2) };
    const body = { environments: { [CANARY]: { approvals } } };
    await persist(this.#system, '/api/settings', { method: 'PUT', body });
  }

  async run(stopped: AbortSignal): Promise<void> {
    for (let turn = 0; !stopped.aborted; turn += 1) {
      const artifactId = await this.#newArtifact(stopped);
      if (artifactId === undefined) return;
      const asked = await this.#lane.ask(CANARY, artifactId);
      const way = turn % SETTLED_EVERY < SETTLED_EVERY - 1 ? { go: this.#tooLate, isVain: true } : undefined;
      const settled = await settle(this.#approvers, asked, this.#random, way);
      this.settled.push(settled);
      if (settled.outcome === 'approved') await this.#ended(settled.name, stopped);
    }
  }

  /** One that was not asked for yet; undefined when told to stop before there is one. */
  async #newArtifact(stopped: AbortSignal): Promise<string | undefined> {
    const last = this.settled.at(-1)?.artifactId;
    while (!stopped.aborted) {
      const newest = this.#lane.automatic.at(-1)?.artifactId;
      if (newest !== last) return newest;
      await sleep(LOOK_EVERY_MS);
    }
    return undefined;
  }

  /** What is approved and not yet written would lapse as well with another rule. */
  async #ended(id: string, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const { body } = await persist(this.#system, `/api/releases/${id}`, {});
      if (releaseAnswer.parse(body).terminal) return;
      await sleep(LOOK_EVERY_MS);
    }
  }

  readonly #tooLate: Way['go'] = async (approvers, { requestId, name }) => {
    const first = await approvers.approve(requestId, 'ann');
    await this.changeRule();
    // Until then a function may go by the rule as it was.
    await sleep(SETTINGS_MEMORY_MS + 100);
    return [first, await approvers.approve(name, 'bob')];
  };
}
