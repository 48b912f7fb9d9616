import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../local/faults/random.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { requestAnswer } from '../../../shared/contract/answers.ts';
import { call } from '../../support/api.ts';
import { artifactDocument, manifest } from '../../support/stores.ts';
import type { WrittenRelease } from '../history.ts';
import type { Accepted } from '../judge.ts';
import type { Approvers } from './approvers.ts';
import { persist } from './persist.ts';
import { type AskedFor, type SettledOverHttp, settle } from './settlement.ts';

/** What the API has accepted, in the order in which it was. */
export interface AcceptedOverHttp extends Accepted {
  readonly artifactId: string;
}

const PAUSE_MS = { least: 300, most: 1_800 };
const TO_PRODUCTION = 0.4;
export const STAGING = 'staging';
/** People must agree to each release there. */
export const PRODUCTION = 'production';
/** There as well, and the rule is changed now and then. */
export const CANARY = 'canary';

/** How an artifact released by policy, and a release that a person asked for, are known by their commits. */
export function nameOf({ triggeredBy, artifactId, id }: WrittenRelease): string {
  return triggeredBy === 'policy' ? byPolicy(artifactId) : id;
}

const byPolicy = (artifactId: string) => `${artifactId} by policy`;

/**
 * The CI and the engineers of one app: artifacts one after the other, each goes to staging by itself, some are released
 * to production by hand, and others approve or reject that. As they do, what was not answered is sent again until it is.
 */
export class Lane {
  /** What policies release. */
  readonly automatic: AcceptedOverHttp[] = [];
  /** What was asked for, once people have dealt with it. */
  readonly settled: SettledOverHttp[] = [];
  readonly app: string;
  readonly #system: LocalSystem;
  readonly #approvers: Approvers;
  readonly #random: Random;
  /** More of an artifact's manifests: of its number. */
  readonly #manifestOf: (n: number) => Record<string, unknown>;
  readonly #settling: Promise<void>[] = [];
  #number = 0;

  constructor(
    system: LocalSystem,
    approvers: Approvers,
    app: string,
    random: Random,
    manifestOf: (n: number) => Record<string, unknown>,
  ) {
    this.#system = system;
    this.#approvers = approvers;
    this.app = app;
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
    await Promise.all(this.#settling);
  }

  async #next(): Promise<void> {
    this.#number += 1;
    const id = `${this.app}-${this.#number}`;
    await persist(this.#system, '/api/artifact', { body: this.#document(id) });
    this.automatic.push({ name: byPolicy(id), ...this.#placed(STAGING, id) });
    await this.#look(id);
    // The first one always, so that short runs too have something that waits.
    if (this.#number > 1 && !this.#random.chance(TO_PRODUCTION)) return;
    const asked = await this.ask(PRODUCTION, id);
    // Others go on meanwhile: what is asked for later may be settled first.
    this.#settling.push(this.#settle(asked));
  }

  /** Asks for the release of an artifact. */
  async ask(env: string, artifactId: string): Promise<AskedFor> {
    const body = { env, app: this.app, artifactId };
    const headers = { 'idempotency-key': `${artifactId} to ${env}` };
    const answer = await persist(this.#system, '/api/releases', { body, headers });
    const { id: requestId, releases } = requestAnswer.parse(answer.body);
    return { name: releases[0]?.id ?? 'none', requestId, ...this.#placed(env, artifactId) };
  }

  async #settle(asked: AskedFor): Promise<void> {
    this.settled.push(await settle(this.#approvers, asked, this.#random));
  }

  /** Somebody looks how it is going; what they see is no evidence. */
  async #look(id: string): Promise<void> {
    const paths = [
      `/api/artifacts/${id}/decisions`,
      `/api/releases?env=${STAGING}&app=${this.app}`,
      '/api/approvals',
    ];
    for (const path of paths) await call(this.#system, path).catch(() => undefined);
  }

  #document(id: string): Record<string, unknown> {
    const fields = this.#manifestOf(this.#number);
    const byHand = { ...fields, deploy: undefined };
    return artifactDocument({
      id,
      version: {
        repositoryName: `acme/${this.app}`,
        sha: `sha${this.#number}`,
        branch: 'main',
        event: 'push',
      },
      environments: [
        manifest(this.app, STAGING, fields),
        manifest(this.app, PRODUCTION, byHand),
        manifest(this.app, CANARY, byHand),
      ],
    });
  }

  #placed(env: string, artifactId: string): Omit<AcceptedOverHttp, 'name'> {
    return { target: `${env}/${this.app}`, place: this.#number, artifactId };
  }
}
