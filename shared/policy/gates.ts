import { RE2JS } from 're2js';
import type { Condition } from './condition.ts';

/** Automation for one target is off until it is resumed. */
export interface Hold {
  readonly owner: string;
  readonly reason: string;
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

/** Nothing is released to an environment from–to (unix milliseconds, the end excluded). */
export interface Freeze {
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

/** What operators have switched, beside the policies: read when a decision is made, and again before a commit. */
export interface Controls {
  readonly restrictions: readonly Restriction[];
  readonly freezes: readonly Freeze[];
  /** Why all automation is held, when it is. */
  readonly stopTheLine?: string;
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
  /** Unix milliseconds. */
  readonly now: number;
}

export type GateOutcome = 'open' | 'restricted' | 'held' | 'frozen' | 'stopped';

export interface GateVerdict {
  readonly outcome: GateOutcome;
  /** Why it is shut, for people; empty when open. */
  readonly reason: string;
  readonly conditions: readonly Condition[];
}

/** Whether the operators' controls let a release of a target through. One rule for the decision and the last look. */
export function passGates(facts: GateFacts): GateVerdict {
  const shut = [...restrictionGate(facts), ...freezeGate(facts), ...automationGates(facts)];
  const first = shut.find(({ condition }) => !condition.holds);
  return {
    outcome: first?.outcome ?? 'open',
    reason: first?.reason ?? '',
    conditions: shut.map(({ condition }) => condition),
  };
}

interface Gate {
  readonly outcome: GateOutcome;
  readonly reason: string;
  readonly condition: Condition;
}

function restrictionGate({ app, branch, controls }: GateFacts): Gate[] {
  return controls.restrictions
    .filter((restriction) => restriction.app === undefined || restriction.app === app)
    .map(({ branchPattern }) => {
      const holds = branch !== undefined && RE2JS.matches(branchPattern, branch);
      const saw = branch ?? 'no branch';
      return {
        outcome: 'restricted',
        reason: `the environment takes only branches that match ${branchPattern}, not ${saw}`,
        condition: { name: 'restriction', holds, wanted: branchPattern, saw },
      };
    });
}

function freezeGate({ controls, now }: GateFacts): Gate[] {
  return controls.freezes.map(({ from, until, reason }) => ({
    outcome: 'frozen',
    reason: `the environment is frozen until ${new Date(until).toISOString()}: ${reason}`,
    condition: {
      name: 'freeze',
      holds: now < from || now >= until,
      wanted: `outside ${new Date(from).toISOString()} to ${new Date(until).toISOString()}`,
      saw: new Date(now).toISOString(),
    },
  }));
}

function automationGates({ automatic, hold, controls, now }: GateFacts): Gate[] {
  if (!automatic) return [];
  const gates: Gate[] = [];
  if (controls.stopTheLine !== undefined) {
    gates.push({
      outcome: 'stopped',
      reason: `the line is stopped: ${controls.stopTheLine}`,
      condition: { name: 'stopTheLine', holds: false, wanted: 'running', saw: controls.stopTheLine },
    });
  }
  if (hold !== undefined) {
    const holds = hold.until !== undefined && hold.until <= now;
    gates.push({
      outcome: 'held',
      reason: `automation is held by ${hold.owner}: ${hold.reason}`,
      condition: { name: 'hold', holds, wanted: 'no hold', saw: `held by ${hold.owner}: ${hold.reason}` },
    });
  }
  return gates;
}
