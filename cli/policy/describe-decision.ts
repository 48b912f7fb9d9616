import type { DecisionAnswer } from '../../shared/contract/answers.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { timeText } from '../output/version-text.ts';

/** A decision for people: its outcome, its sentence, and each condition with what it wanted and what it saw. */
export function describeDecision(decision: DecisionAnswer, output: Output): void {
  const { bold, green, red, dim } = output.colours;
  const outcome = decision.outcome === 'released' ? green(decision.outcome) : decision.outcome;
  output.say(`${bold(printable(`${decision.env}/${decision.app}`))}  ${outcome}`);
  output.say(`  ${printable(decision.sentence)}`);
  for (const { name, holds, wanted, saw, policy } of decision.conditions) {
    const mark = holds ? green('✓') : red('✗');
    const of = policy === undefined ? '' : dim(` (${printable(policy)})`);
    output.say(`  ${mark} ${printable(name)}: wanted ${printable(wanted)}, saw ${printable(saw)}${of}`);
  }
  const release = decision.releaseId === undefined ? '' : `, release ${decision.releaseId}`;
  output.say(dim(printable(`  ${timeText(decision.decidedAt)}, cause: ${decision.cause}${release}`)));
}
