import type { Condition } from './condition.ts';
import { wholeMatch } from './expression.ts';
import { type Freeze, freezeText, openWindow } from './freeze.ts';
import { freeAgainAt, type ReleaseRate } from './release-rate.ts';

/** Automation for one target is off until it is resumed. */
export interface Hold {
  /** Tells it from holds before and after it. */
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  /** Unix milliseconds at which it began. */
  readonly since: number;
  /** Unix milliseconds at which it ends by itself. */
  readonly until?: number;
}

/** An environment takes only branches that match. */
export interface Restriction {
  /** Whole-match expression (RE2 syntax). */
  readonly branchPattern: string;
  /** One app; all when absent. */
  readonly app?: string;
}

/** What operators have switched, beside the policies: read when a decision is made, and again before a commit. */
export interface Controls {
  readonly restrictions: readonly Restriction[];
  readonly freezes: readonly Freeze[];
  /** Why all automation is held, when it is. */
  readonly stopTheLine?: string;
  /** Unix milliseconds at which that was said. */
  readonly stoppedAt?: number;
  /** Why nothing at all is written, when it is. */
  readonly killSwitch?: string;
}

export const NO_CONTROLS: Controls = { restrictions: [], freezes: [] };

export interface GateFacts {
  readonly app: string;
  readonly branch: string | undefined;
  /** Released by a policy: holds and the stopped line bind automation only. */
  readonly automatic: boolean;
  readonly hold: Hold | undefined;
  readonly controls: Controls;
  /** How often automation may release to the target; unless given, as often as it likes. */
  readonly rate?: ReleaseRate | undefined;
  /** Why freezes do not bind this release, when somebody who may has said so. */
  readonly freezeOverride?: string | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

export type GateOutcome = 'open' | 'restricted' | 'held' | 'frozen' | 'stopped' | 'rateLimited';

/** A gate that opens again by itself or by somebody's hand: what it stops may go on then. */
export interface ShutGate {
  /** Names this one shutting of it. */
  readonly id: string;
  /** Unix milliseconds at which it opens by itself, where that is known. */
  readonly until?: number;
}

export interface GateVerdict {
  readonly outcome: GateOutcome;
  /** Why it is shut, for people; empty when open. */
  readonly reason: string;
  readonly conditions: readonly Condition[];
  /** What to wait for; a restriction is not waited for. */
  readonly waitsFor?: ShutGate;
}

/** Whether the operators' controls let a release of a target through. One rule for the decision and the last look. */
export function passGates(facts: GateFacts): GateVerdict {
  const gates = [...restrictionGate(facts), ...freezeGate(facts), ...automationGates(facts)];
  const first = gates.find(({ condition }) => !condition.holds);
  return {
    outcome: first?.outcome ?? 'open',
    reason: first?.reason ?? '',
    conditions: gates.map(({ condition }) => condition),
    ...(first?.waitsFor && { waitsFor: first.waitsFor }),
  };
}

interface Gate {
  readonly outcome: GateOutcome;
  readonly reason: string;
  readonly condition: Condition;
  readonly waitsFor?: ShutGate;
}

function restrictionGate({ app, branch, controls }: GateFacts): Gate[] {
  return controls.restrictions
    .filter((restriction) => restriction.app === undefined || restriction.app === app)
    .map(({ branchPattern }) => {
      const holds = branch !== undefined && wholeMatch(branchPattern, branch);
      const saw = branch ?? 'no branch';
      return {
        outcome: 'restricted',
        reason: `the environment takes only branches that match ${branchPattern}, not ${saw}`,
        condition: { name: 'restriction', holds, wanted: branchPattern, saw },
      };
    });
}

function freezeGate({ controls, freezeOverride, now }: GateFacts): Gate[] {
  return controls.freezes.map((freeze) => {
    const window = openWindow(freeze, now);
    const end = window && new Date(window.until).toISOString();
    const saw = new Date(now).toISOString();
    const overridden = freezeOverride !== undefined && window !== undefined;
    const condition: Condition = {
      name: 'freeze',
      holds: window === undefined || overridden,
      wanted: `outside ${freezeText(freeze)}`,
      saw: overridden ? `${saw}, overridden: ${freezeOverride}` : saw,
    };
    const reason = `the environment is frozen until ${end}: ${freeze.reason}`;
    const gate: Gate = { outcome: 'frozen', reason, condition };
    return window === undefined
      ? gate
      : { ...gate, waitsFor: { id: `freeze-${window.until}`, until: window.until } };
  });
}

function automationGates({ automatic, hold, controls, rate, now }: GateFacts): Gate[] {
  if (!automatic) return [];
  const gates: Gate[] = [];
  if (controls.stopTheLine !== undefined) {
    gates.push({
      outcome: 'stopped',
      reason: `the line is stopped: ${controls.stopTheLine}`,
      condition: { name: 'stopTheLine', holds: false, wanted: 'running', saw: controls.stopTheLine },
      waitsFor: { id: `line-${controls.stoppedAt ?? 0}` },
    });
  }
  if (hold !== undefined) gates.push(holdGate(hold, now));
  if (rate !== undefined) gates.push(rateGate(rate, now));
  return gates;
}

function holdGate({ id, owner, reason, until }: Hold, now: number): Gate {
  const holds = until !== undefined && until <= now;
  return {
    outcome: 'held',
    reason: `automation is held by ${owner}: ${reason}`,
    condition: { name: 'hold', holds, wanted: 'no hold', saw: `held by ${owner}: ${reason}` },
    waitsFor: { id, ...(until !== undefined && { until }) },
  };
}

function rateGate(rate: ReleaseRate, now: number): Gate {
  const until = freeAgainAt(rate, now);
  const wanted = `at most ${rate.perHour} automatic releases an hour`;
  if (until === undefined) {
    const condition = { name: 'rate', holds: true, wanted, saw: 'no more than that' } as const;
    return { outcome: 'rateLimited', reason: '', condition };
  }
  const saw = `the next is free at ${new Date(until).toISOString()}`;
  return {
    outcome: 'rateLimited',
    reason: `automation releases it ${wanted.replace('automatic releases', 'times')}: ${saw}`,
    condition: { name: 'rate', holds: false, wanted, saw },
    waitsFor: { id: `rate-${until}`, until },
  };
}
