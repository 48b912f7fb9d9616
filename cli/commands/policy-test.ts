import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ARTIFACT_LIMITS, parseArtifact, parseJson } from '../../shared/contract/artifact-document.ts';
import { type Evaluation, type Policy, tryPolicies } from '../../shared/contract/try-policies.ts';
import { CliError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { type PolicyFile, readPolicyFile } from '../policy/policy-file.ts';

interface Tested {
  readonly name: string;
  readonly passed: boolean;
  readonly targets: readonly {
    readonly target: string;
    readonly expected: string;
    readonly outcome: string;
    readonly sentence: string;
  }[];
}

export const policyTest: DefineCommand = (command, run) => {
  command
    .argument('<file>', 'policies and their tests, YAML')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((file: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ output, world }) => {
        const { policies, tests } = await readPolicyFile(file);
        if (tests.length === 0) throw new CliError(`${file} has no tests.`, { code: 'no-tests' });
        const tested: Tested[] = [];
        for (const test of tests) tested.push(await runTest(file, policies, test, world.now()));
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

async function runTest(
  file: string,
  policies: readonly Policy[],
  test: PolicyFile['tests'][number],
  now: number,
): Promise<Tested> {
  const document =
    typeof test.artifact === 'string'
      ? await readFixture(resolve(dirname(file), test.artifact))
      : test.artifact;
  const at = test.at === undefined ? now : Date.parse(test.at);
  const evaluations = tryPolicies(parseArtifact(document), policies, at);
  const targets = Object.entries(test.expect).map(([target, expected]) =>
    verdict(evaluations, target, expected),
  );
  const name = test.name ?? (typeof test.artifact === 'string' ? test.artifact : 'an artifact');
  return { name, passed: targets.every(({ expected, outcome }) => expected === outcome), targets };
}

async function readFixture(path: string): Promise<unknown> {
  try {
    return parseJson(await readFile(path, 'utf8'), ARTIFACT_LIMITS);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`The artifact ${path} can't be read: ${why}`, { code: 'bad-fixture', cause });
  }
}

function verdict(
  evaluations: readonly Evaluation[],
  target: string,
  expected: string,
): Tested['targets'][number] {
  const found = evaluations.find(({ env, app }) => `${env}/${app}` === target);
  if (!found) return { target, expected, outcome: 'none', sentence: 'the artifact has no such manifest' };
  return { target, expected, outcome: found.outcome, sentence: found.sentence };
}

function print({ name, passed, targets }: Tested, output: Output): void {
  const { green, red } = output.colours;
  output.say(`${passed ? green('✓') : red('✗')} ${printable(name)}`);
  for (const { target, expected, outcome, sentence } of targets) {
    if (outcome === expected) continue;
    output.say(`    ${printable(`${target}: expected ${expected}, is ${outcome}: ${sentence}`)}`);
  }
}
