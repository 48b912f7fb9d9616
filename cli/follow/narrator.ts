import type {
  ArtifactAnswer,
  DecisionAnswer,
  ReleaseAnswer,
  RequestAnswer,
} from '../../shared/contract/answers.ts';
import { formatDuration } from '../duration.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { shortSha } from '../output/version-text.ts';
import type { FollowResult } from './follow.ts';

const GOOD = new Set(['accepted', 'released', 'unchanged']);
const BAD = new Set([
  'failed',
  'invalid',
  'superseded',
  'cancelled',
  'held',
  'restricted',
  'frozen',
  'stopped',
]);

/** Tells what happens to an artifact and its releases, a line a step, as it happens. */
export class Narrator {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #startedAt: number;
  #away = '';

  /** @param now unix milliseconds; times are told from here on */
  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#startedAt = now();
  }

  accepted({ id, environments }: ArtifactAnswer, known: boolean): void {
    const count = `${environments.length} environment${environments.length === 1 ? '' : 's'}`;
    this.#tell('accepted', id, known ? 'known already: nothing happens twice' : count);
  }

  requested({ id, releases }: RequestAnswer): void {
    const targets = releases.map(({ env, app }) => `${env}/${app}`).join(', ');
    this.#tell('accepted', targets, `request ${id}`);
  }

  decided({ env, app, outcome, sentence }: DecisionAnswer): void {
    this.#tell(outcome === 'released' ? 'decided' : outcome, `${env}/${app}`, sentence);
  }

  /** Tells each state that was reached since `before`; whether there was any. */
  reached(release: ReleaseAnswer, before: ReleaseAnswer | undefined): boolean {
    const times = Object.entries(release.times).sort(([, a], [, b]) => a - b);
    const fresh = times.filter(([state]) => state !== 'queued' && before?.times[state] === undefined);
    for (const [state] of fresh) {
      const isEnd = release.terminal && state === release.state;
      this.#tell(state, `${release.env}/${release.app}`, isEnd ? this.#ending(release) : '');
    }
    return fresh.length > 0;
  }

  /** Said once, however often it is tried again. */
  unreachable(message: string): void {
    if (this.#away !== message)
      this.#output.say(this.#output.colours.dim(printable(`(waiting: ${message})`)));
    this.#away = message;
  }

  sum({ outcome, decisions, releases }: FollowResult): void {
    const { green, red } = this.#output.colours;
    if (outcome === 'timedOut') {
      const open = releases.filter(({ terminal }) => !terminal).map(({ id }) => id);
      this.#output.say(red('The time is up. It goes on without us:'));
      for (const id of open) this.#output.say(`  gimlet release show ${id}`);
    } else if (outcome === 'failed') {
      this.#output.say(red('Not all of it was released.'));
    } else if (releases.length === 0) {
      this.#output.say(
        decisions.length === 0
          ? 'It has no environments: there is nothing to release.'
          : 'Nothing is to be released.',
      );
    } else {
      this.#output.say(green(`Done: ${releases.length} release${releases.length === 1 ? '' : 's'}.`));
    }
  }

  #ending({ state, gitopsRef, outcomeReason, errorCode, times }: ReleaseAnswer): string {
    const all = Object.values(times);
    const took = formatDuration(Math.max(...all) - Math.min(...all));
    const commit = gitopsRef === undefined ? '' : `commit ${shortSha(gitopsRef)}`;
    if (state === 'released') return `${commit} after ${took}`;
    if (state === 'unchanged') return `nothing to commit${commit && `, runs as ${commit}`}`;
    return [outcomeReason, errorCode && `(${errorCode})`].filter(Boolean).join(' ');
  }

  #tell(state: string, what: string, more: string): void {
    const { green, red, cyan, dim } = this.#output.colours;
    const paint = GOOD.has(state) ? green : BAD.has(state) ? red : state === 'notMatched' ? dim : cyan;
    const elapsed = dim(formatDuration(this.#now() - this.#startedAt).padStart(7));
    this.#output.say(
      `${elapsed}  ${paint(state.padEnd(10))}  ${printable(what)}${more && `  ${printable(more)}`}`,
    );
  }
}
