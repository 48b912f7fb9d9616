import type { HoldAnswer } from '../../shared/contract/holds.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';

/** A hold, and what waits for its end. */
export function printHold({ env, app, owner, reason, waiting = [] }: HoldAnswer, output: Output): void {
  const { bold, green } = output.colours;
  output.say(`${bold(printable(`${env}/${app}`))}  held by ${printable(owner)}: ${printable(reason)}`);
  if (waiting.length === 0) output.say('  Nothing waits.');
  for (const { artifactId, outcome, sentence } of waiting) {
    const shown = outcome === 'released' ? green('would be released') : printable(outcome);
    output.say(`  ${printable(artifactId)}  ${shown}: ${printable(sentence)}`);
  }
}
