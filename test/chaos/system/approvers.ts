import type { LocalSystem } from '../../../local/system.ts';
import { changedReleasesAnswer } from '../../../shared/contract/requests.ts';
import { issuedTokenAnswer } from '../../../shared/contract/tokens.ts';
import { call } from '../../support/api.ts';
import { persist } from './persist.ts';

const NOT_WAITING = 409;
/** Ann has two tokens; whoever has the same name is the same person. */
const PEOPLE = { ann: 'Ann', annAgain: 'ann', bob: 'Bob', cleo: 'Cleo' } as const;
export type Approver = keyof typeof PEOPLE;

/** What somebody was answered; `given`: who was counted by then. Undefined: it waits no more. */
export type Answered = { readonly state: string; readonly given: readonly string[] } | undefined;

/** People who approve and reject: what is not answered is sent again until it is. */
export class Approvers {
  readonly #system: LocalSystem;
  readonly #tokens: Readonly<Record<Approver, string>>;

  private constructor(system: LocalSystem, tokens: Readonly<Record<Approver, string>>) {
    this.#system = system;
    this.#tokens = tokens;
  }

  /** Gives each of them a token. */
  static async of(system: LocalSystem): Promise<Approvers> {
    const tokens: Partial<Record<Approver, string>> = {};
    for (const who of Object.keys(PEOPLE) as Approver[]) {
      const { body } = await call(system, '/api/tokens', { body: { name: PEOPLE[who], role: 'approver' } });
      tokens[who] = issuedTokenAnswer.parse(body).token;
    }
    return new Approvers(system, tokens as Record<Approver, string>);
  }

  /** `id`: of a release, or of a request for one. */
  approve(id: string, who: Approver): Promise<Answered> {
    return this.#send(`/api/releases/${id}/approve`, who, { reason: 'looks good' });
  }

  reject(id: string, who: Approver): Promise<Answered> {
    return this.#send(`/api/releases/${id}/reject`, who, { reason: 'not now' });
  }

  async #send(path: string, who: Approver, body: { readonly reason: string }): Promise<Answered> {
    const headers = { authorization: `Bearer ${this.#tokens[who]}` };
    const answer = await persist(this.#system, path, { body, headers }, [NOT_WAITING]);
    if (answer.status === NOT_WAITING) return undefined;
    const [release] = changedReleasesAnswer.parse(answer.body).releases;
    if (release === undefined) throw new Error(`${path} answered with no release`);
    return { state: release.state, given: (release.approval?.given ?? []).map(({ name }) => name) };
  }
}
