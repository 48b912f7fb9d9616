import type { DoctorAnswer, Finding } from '../../shared/contract/operations.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';

export const adminDoctor: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
It asks the server to look at what has to work for releases to get through: what is due, dead letters, and of each
GitOps repo whether it can be reached, read and pushed to. Nothing is changed: the push that it tries sets the branch
to the commit that it is at. The exit code is 1 when something is wrong.
${examples('gimlet admin doctor', 'gimlet admin doctor -o json')}`,
    )
    .action((flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const answer = await (await api()).doctor();
        output.answer(answer, () => tell(answer, output));
        return answer.healthy ? EXIT.done : EXIT.failed;
      }),
    );
};

function tell({ findings, healthy }: DoctorAnswer, output: Output): void {
  output.table(
    ['', 'WHAT', 'CHECK', 'FOUND'],
    findings.map(({ verdict, subject, check, says }) => [SIGN[verdict], subject, check, says]),
  );
  const fixes = findings.flatMap(({ verdict, subject, fix }) =>
    verdict !== 'ok' && fix !== undefined ? [`${subject}: ${fix}`] : [],
  );
  if (fixes.length > 0) output.say('\nTo do:');
  for (const fix of fixes) output.say(`  ${fix}`);
  output.say(healthy ? '\nAll that is needed works.' : '\nSomething is wrong.');
}

const SIGN: Readonly<Record<Finding['verdict'], string>> = { ok: 'ok', warning: 'warning', wrong: 'WRONG' };
