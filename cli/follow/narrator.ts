import type {
  ArtifactAnswer,
  DecisionAnswer,
  ReleaseAnswer,
  RequestAnswer,
} from '../../shared/contract/answers.ts';
import { formatDuration } from '../duration.ts';
import { missingText } from '../output/approval-text.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { shortSha } from '../output/version-text.ts';
import type { FollowResult } from './follow.ts';

const GOOD = new Set(['accepted', 'released', 'unchanged']);
const BAD = new Set([
  'failed',
  'invalid',
  'superseded',
  'rejected',
  'expired',
  'cancelled',
  'held',
  'restricted',
  'frozen',
  'stopped',
  'rateLimited',
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
    const isMade = outcome === 'released' || outcome === 'awaitingApproval';
    this.#tell(isMade ? 'decided' : outcome, `${env}/${app}`, sentence);
  }

  /** Tells each state that was reached since `before`, each approval that came, and its place; whether there was any. */
  reached(release: ReleaseAnswer, before: ReleaseAnswer | undefined): boolean {
    const { state: current, env, app } = release;
    const moved = placeSince(release, before);
    const states = Object.entries(release.times)
      .filter(([state]) => state !== 'queued' && before?.times[state] === undefined)
      .map(([state, at]) => ({
        state,
        at,
        more: this.#said(release, state) || (state === current ? moved : ''),
      }));
    const steps = [...states, ...newApprovals(release, before)].sort((a, b) => a.at - b.at);
    for (const { state, more } of steps) this.#tell(state, `${env}/${app}`, more);
    if (moved === '' || states.some(({ state }) => state === current)) return steps.length > 0;
    this.#tell(current, `${env}/${app}`, moved);
    return true;
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
      const open = releases.filter(({ terminal }) => !terminal);
      this.#output.say(red('The time is up. It goes on without us:'));
      for (const { id, state, approval } of open) {
        const waits = state === 'waiting' && approval ? `  (waits for ${missingText(approval)})` : '';
        this.#output.say(`  gimlet release show ${id}${waits}`);
      }
    } else if (decisions.length + releases.length === 0) {
      this.#output.say(red('It has no environments: there is nothing to release.'));
    } else if (outcome === 'failed') {
      this.#output.say(red(releases.length === 0 ? 'Nothing was released.' : 'Not all of it was released.'));
    } else if (releases.length === 0) {
      this.#output.say('Nothing is to be released.');
    } else {
      this.#output.say(green(`Done: ${releases.length} release${releases.length === 1 ? '' : 's'}.`));
    }
  }

  /** What more there is to say of a state. */
  #said(release: ReleaseAnswer, state: string): string {
    const { id, approval } = release;
    if (release.terminal && state === release.state) return this.#ending(release);
    if (state !== 'waiting' || !approval) return '';
    return `for ${missingText({ ...approval, given: [] })}: gimlet release approve ${id}`;
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

function newApprovals({ approval }: ReleaseAnswer, before: ReleaseAnswer | undefined) {
  const known = before?.approval?.given.length ?? 0;
  return (approval?.given.slice(known) ?? []).map(({ name, at, reason }, index) => {
    const count = `${known + index + 1} of ${approval?.required}`;
    return { state: 'approved', at, more: `by ${name}, ${count}${reason ? `: ${reason}` : ''}` };
  });
}

/** Where a release stands among those of its branch; empty when its turn does not come by itself. */
function placeOf({ queue, state }: ReleaseAnswer): string {
  if (!queue || state === 'waiting') return '';
  const parts = [
    `number ${queue.position} in the queue`,
    queue.after && `after ${queue.after}`,
    queue.paused && `paused: ${queue.paused}`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** The same, when it is another than it was. */
function placeSince(release: ReleaseAnswer, before: ReleaseAnswer | undefined): string {
  const place = placeOf(release);
  return before && place === placeOf(before) ? '' : place;
}
