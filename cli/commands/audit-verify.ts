import type { Verdict } from '../audit/verify-trail.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';

interface VerifyFlags extends JsonFlag {
  readonly heads?: string;
}

export const auditVerify: DefineCommand = (command, run) => {
  command
    .option('--heads <repo>', 'GitOps repo, URL or path, whose kept heads the chain must have; needs git')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ output: format, heads }: VerifyFlags) =>
      run({ json: format === 'json' }, async ({ api, output, world }) => {
        const { keptHeads } = await import('../audit/kept-heads.ts');
        const { verifyTrail } = await import('../audit/verify-trail.ts');
        const kept = heads === undefined ? [] : await keptHeads(heads, world.env);
        const verdict = await verifyTrail(await api(), kept);
        output.answer(verdict, () => tell(verdict, output));
        return verdict.problems.length === 0 ? EXIT.done : EXIT.failed;
      }),
    );
};

const HELP = `
Everything is fetched and checked here: each entry against its hash, each block against the one before it, the end of
the chain against what the sealer has noted, and the logs in the table's items against the chain. Once a day the head of
the chain is committed to the branch gimletd-audit of the GitOps repo; with --heads the chain must have them all, so that
an end that was cut off or made anew shows even if all of the table was changed to fit.
${examples('gimlet audit verify', 'gimlet audit verify --heads https://github.com/acme/gitops.git')}`;

function tell({ blocks, entries, head, heads, logs, gone, problems }: Verdict, output: Output): void {
  output.facts({
    chain: `${entries} entries in ${blocks} blocks`,
    head,
    ...(heads > 0 && { 'kept in git': `${heads} heads` }),
    logs: `${logs} items${gone > 0 ? `; ${gone} more are gone from the table` : ''}`,
  });
  for (const { code, message } of problems) output.say(printable(`${code}: ${message}`));
  output.say(problems.length === 0 ? 'Right: nothing was changed.' : `Wrong: ${problems.length} problems.`);
}
