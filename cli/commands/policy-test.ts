import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import type { Tested } from '../policy/run-policy-tests.ts';

export const policyTest: DefineCommand = (command, run) => {
  command
    .argument('<file>', 'policies and their tests, YAML')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((file: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ output, world }) => {
        const { runPolicyTests } = await import('../policy/run-policy-tests.ts');
        const tested = await runPolicyTests(file, world.now());
        const failed = tested.filter(({ passed }) => !passed);
        output.answer({ passed: failed.length === 0, tests: tested }, () => {
          for (const one of tested) print(one, output);
          output.say(`${tested.length - failed.length} passed, ${failed.length} failed.`);
        });
        return failed.length === 0 ? EXIT.done : EXIT.failed;
      }),
    );
};

const HELP = `
The file:
  policies:
    - {kind: auto-release, app: webapp, env: staging, deploy: {event: push, branch: main}}
  tests:
    - name: main goes to staging
      artifact: fixtures/main.json        # beside the file; or the artifact itself
      expect: {staging/webapp: released, production/webapp: notMatched}
${examples('gimlet policy test policies.yaml')}`;

function print({ name, passed, targets }: Tested, output: Output): void {
  const { green, red } = output.colours;
  output.say(`${passed ? green('✓') : red('✗')} ${printable(name)}`);
  for (const { target, expected, outcome, sentence } of targets) {
    if (outcome === expected) continue;
    output.say(`    ${printable(`${target}: expected ${expected}, is ${outcome}: ${sentence}`)}`);
  }
}
