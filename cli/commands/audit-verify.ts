import { type Verdict, verifyTrail } from '../audit/verify-trail.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';

export const auditVerify: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ output: format }: JsonFlag) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const verdict = await verifyTrail(await api());
        output.answer(verdict, () => tell(verdict, output));
        return verdict.problems.length === 0 ? EXIT.done : EXIT.failed;
      }),
    );
};

const HELP = `
Everything is fetched and checked here: each entry against its hash, each block against the one before it, the end of
the chain against what the sealer has noted, and the logs in the table's items against the chain.
${examples('gimlet audit verify', 'gimlet audit verify -o json')}`;

function tell({ blocks, entries, head, logs, gone, problems }: Verdict, output: Output): void {
  output.facts({
    chain: `${entries} entries in ${blocks} blocks`,
    head,
    logs: `${logs} items${gone > 0 ? `; ${gone} more are gone from the table` : ''}`,
  });
  for (const { code, message } of problems) output.say(printable(`${code}: ${message}`));
  output.say(problems.length === 0 ? 'Right: nothing was changed.' : `Wrong: ${problems.length} problems.`);
}
