import type { SettingsHistoryAnswer } from '../../shared/contract/settings.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';

type Changes = SettingsHistoryAnswer[number]['changes'];

/** A line a change: `~ environments.production.protected: false → true`. */
export function printChanges(changes: Changes, output: Output): void {
  const { green, red, yellow } = output.colours;
  for (const { path, before, after } of changes) {
    const [was, is] = [textOf(before), textOf(after)];
    if (was === undefined) output.say(green(printable(`  + ${path}: ${is}`)));
    else if (is === undefined) output.say(red(printable(`  - ${path}: ${was}`)));
    else output.say(yellow(printable(`  ~ ${path}: ${was} → ${is}`)));
  }
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
