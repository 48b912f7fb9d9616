import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_AWS } from '../../../local/embedded/local-aws.ts';
import type { Random } from '../../../local/faults/random.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { keys } from '../../../shared/adapters/dynamodb/keys.ts';
import { TableClient } from '../../../shared/adapters/dynamodb/table-client.ts';
import type { QueueName } from '../../../shared/messages/mark.ts';
import type { Foreigner } from '../foreigner.ts';
import type { Tally } from '../tally.ts';
import type { Call } from './calls.ts';

const CLOUD = { indexLagMs: 3_000, throttle: 0.02, loseAnswer: 0.02, duplicate: 0.2, shuffle: true };
const QUEUES: readonly QueueName[] = ['events', 'render-requests', 'gitops-writes', 'notifications'];
const EVERY_MS = { least: 300, most: 1_500 };
const SELDOM_MS = { least: 2_000, most: 6_000 };
const LOST_PUSH_ANSWER = 0.1;
const SHORTLY_MS = 500;
/** Longer than the writer tries: the branch is paused. */
const LONG_MS = 5_000;

/** Everything that goes wrong but for the kills: the cloud, the git server, and others who push. */
export class Weather {
  readonly #system: LocalSystem;
  readonly #foreigner: Foreigner;
  readonly #random: Random;
  readonly #tally: Tally;
  #gitIsAway = false;
  #every = EVERY_MS;

  constructor(system: LocalSystem, foreigner: Foreigner, random: Random, tally: Tally) {
    this.#system = system;
    this.#foreigner = foreigner;
    this.#random = random;
    this.#tally = tally;
  }

  /** From now on something goes wrong less often, so that more is written, and what is rare comes to be. */
  easeOff(): void {
    this.#every = SELDOM_MS;
  }

  /** Bad until stopped; `targets` are what others edit by hand. */
  async rage(targets: () => readonly string[], stopped: AbortSignal): Promise<void> {
    const { faults } = this.#system;
    await faults?.set(CLOUD);
    while (!stopped.aborted) {
      const pause = this.#random.between(this.#every.least, this.#every.most);
      await sleep(pause, undefined, { signal: stopped }).catch(() => undefined);
      const draw = this.#random.next();
      if (draw < 0.1) await this.#dropMessage();
      else if (draw < 0.3) await this.gitAway(SHORTLY_MS);
      else if (draw < 0.4) await this.#forgetServer();
      else await this.#foreigner.edit(this.#random.shuffle(targets()).slice(0, 3));
    }
    await faults?.set({});
  }

  /** The git server drops every connection for a while. */
  async gitAway(ms = LONG_MS): Promise<void> {
    this.#tally.count('git server away');
    this.#gitIsAway = true;
    await sleep(ms);
    this.#gitIsAway = false;
  }

  fate({ caller, operation }: Call): 'passed' | 'lost' | 'answer lost' {
    const isGit = caller === 'writer' && operation.startsWith('git-');
    if (isGit && this.#gitIsAway) return 'lost';
    if (operation !== 'git-receive-pack' || !this.#random.chance(LOST_PUSH_ANSWER)) return 'passed';
    this.#tally.count('answer to a push lost');
    return 'answer lost';
  }

  /** What is known of the git server goes, as if it were another: the next writer that starts has to ask it. */
  async #forgetServer(): Promise<void> {
    const { endpoints, tableName, gitopsRepoUrl } = this.#system;
    const { region, credentials } = LOCAL_AWS;
    const client = new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials });
    const table = new TableClient(tableName, () => ({ function: 'chaos' }), client);
    await table.remove(keys.gitServer(new URL(gitopsRepoUrl).host), { notAudited: 'can be asked again' });
    client.destroy();
    this.#tally.count('git server forgotten');
  }

  async #dropMessage(): Promise<void> {
    const [queue = 'events'] = this.#random.shuffle(QUEUES);
    this.#system.faults?.dropMessage(queue);
  }
}
