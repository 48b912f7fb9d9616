import type { IssuedTokenAnswer } from '../../shared/contract/tokens.ts';
import type { Output } from '../output/output.ts';
import { timeText } from '../output/version-text.ts';
import { grantText } from './grant-text.ts';

/** What was issued; the token stands alone on the last line. */
export function showToken(issued: IssuedTokenAnswer, output: Output): void {
  const { id, name, grants, expires, token } = issued;
  output.answer(issued, () => {
    output.say(`Token ${id} of ${name}, until ${timeText(expires * 1000)}:`);
    for (const grant of grants) output.say(`  ${grantText(grant)}`);
    output.say('Keep it now: it is shown this once.');
    output.say(token);
  });
}
