import type { Verdict } from './judge.ts';
import type { Tally } from './tally.ts';

/** What a chaos run came to. */
export interface ChaosReport {
  readonly kills: number;
  /** Step → how many died there. */
  readonly atSteps: ReadonlyMap<string, number>;
  /** What else happened, and how often. */
  readonly tally: Tally;
  readonly verdict: Verdict;
}

const MOST_SHOWN = 20;

/** Whether nothing at all is wrong: every step was hit, and the repo is as it must be. */
export function isFlawless({ atSteps, verdict }: ChaosReport): boolean {
  const { lost, doubled, outOfOrder, unapproved = [], untold = [], spoiled } = verdict;
  const everyStepHit = [...atSteps.values()].every((times) => times > 0);
  const found = [lost, doubled, outOfOrder, unapproved, untold, spoiled];
  return everyStepHit && found.every(({ length }) => length === 0);
}

/** For people; the last line says it all. */
export function formatReport(report: ChaosReport): string {
  const { atSteps, tally, verdict } = report;
  const { lost, doubled, outOfOrder, unapproved = [], untold = [], spoiled } = verdict;
  const steps = [...atSteps].sort(([a], [b]) => (a < b ? -1 : 1));
  const never = steps.filter(([, times]) => times === 0).map(([step]) => step);
  return [
    'Killed at each step:',
    ...table(steps),
    'And meanwhile:',
    ...table(tally.all),
    ...section('Steps that were never hit', never),
    ...section('Lost', lost),
    ...section('Double', doubled),
    ...section('Out of order', outOfOrder),
    ...section('Unapproved', unapproved),
    ...section('Untold', untold),
    ...section('Wrong', spoiled),
    closingLine(report),
  ].join('\n');
}

/** `1,000 kills, 2,345 releases, 0 lost, 0 double, 0 out of order`, and `0 unapproved, 0 untold` where that was asked for. */
export function closingLine({ kills, verdict }: ChaosReport): string {
  const { releases, lost, doubled, outOfOrder, unapproved, untold } = verdict;
  return [
    `${count(kills)} kills`,
    `${count(releases)} releases`,
    `${count(lost.length)} lost`,
    `${count(doubled.length)} double`,
    `${count(outOfOrder.length)} out of order`,
    ...(unapproved ? [`${count(unapproved.length)} unapproved`] : []),
    ...(untold ? [`${count(untold.length)} untold`] : []),
  ].join(', ');
}

function table(rows: readonly (readonly [name: string, times: number])[]): string[] {
  return rows.map(([name, times]) => `${count(times).padStart(7)}  ${name}`);
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST_SHOWN ? [`  … and ${count(lines.length - MOST_SHOWN)} more`] : [];
  return [`${title}:`, ...lines.slice(0, MOST_SHOWN).map((line) => `  ${line}`), ...more];
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
