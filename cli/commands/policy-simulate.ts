import { InvalidArgumentError, Option } from 'commander';
import type { SimulationAnswer } from '../../shared/contract/policies.ts';
import { collect } from '../artifact/key-value.ts';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { timeOptions } from '../list-options.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { timeText } from '../output/version-text.ts';
import { given } from '../policy/put-policy.ts';

interface SimulateFlags extends JsonFlag {
  readonly file?: string;
  readonly without?: readonly string[];
  readonly app?: string;
  readonly env?: string;
  readonly event?: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly last: number;
  readonly since?: string;
  readonly until?: string;
  readonly repository?: string;
}

export const policySimulate: DefineCommand = (command, run) => {
  command
    .option('-f, --file <path>', 'policies, in place of those stored with the same ids')
    .option('--without <id>', 'as if this policy were deleted; again for more', collect)
    .option('--app <name>', 'with --env and --event: one more policy, as of `policy auto-release`')
    .option('-e, --env <name>', 'its environment')
    .addOption(new Option('--event <event>', 'its event').choices(['push', 'tag', 'pr']))
    .option('--branch <pattern>', 'its branch')
    .option('--tag <pattern>', 'its tag')
    .addOption(
      new Option('--last <count>', 'so many artifacts at most, the newest')
        .argParser(countArgument)
        .default(100),
    );
  for (const option of timeOptions()) command.addOption(option);
  command
    .option('--repository <name>', 'only artifacts of this repository')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: SimulateFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const simulated = await (await api()).simulate(await simulationOf(flags));
        output.answer(simulated, () => printDifference(simulated, output));
      }),
    );
};

const HELP = `
Holds and the stopped line are of the moment and left out. Nothing is stored and nothing released.
${examples(
  'gimlet policy simulate --app webapp --env production --event push --branch main --last 100',
  'gimlet policy simulate -f policies.yaml --since 7d',
  'gimlet policy simulate --without branch-restriction/production',
)}`;

async function simulationOf(flags: SimulateFlags): Promise<object> {
  const { file, without = [], last, since, until, repository } = flags;
  const fromFile = file === undefined ? [] : await documentsIn(file);
  const policies = [...fromFile, ...fromFlags(flags)];
  if (policies.length === 0 && without.length === 0) {
    throw new UsageError('Which policies? Give --file, --without, or --app, --env and --event.');
  }
  return given({ policies, without, last, since, until, repository, app: flags.app });
}

async function documentsIn(file: string): Promise<readonly object[]> {
  const { readPolicyFile } = await import('../policy/policy-file.ts');
  return (await readPolicyFile(file)).documents;
}

function fromFlags({ app, env, event, branch, tag }: SimulateFlags): object[] {
  if (env === undefined && event === undefined && branch === undefined && tag === undefined) return [];
  if (app === undefined || env === undefined || event === undefined) {
    throw new UsageError('A policy needs --app, --env and --event.');
  }
  return [{ kind: 'auto-release', app, env, deploy: given({ event, branch, tag }) }];
}

function printDifference({ artifacts, results }: SimulationAnswer, output: Output): void {
  const { green, red, dim } = output.colours;
  const different = results.filter(({ difference }) => difference !== 'none');
  for (const { artifactId, created, env, app, difference, simulated, decided } of different) {
    const mark = difference === 'released' ? green('+') : red('-');
    const then = decided === undefined ? 'not decided yet' : `${decided.outcome}: ${decided.sentence}`;
    output.say(`${mark} ${printable(`${env}/${app}  ${artifactId}`)}  ${dim(timeText(created * 1000))}`);
    output.say(`    then  ${printable(then)}`);
    output.say(`    now   ${printable(`${simulated.outcome}: ${simulated.sentence}`)}`);
  }
  const gained = different.filter(({ difference }) => difference === 'released').length;
  const lost = different.length - gained;
  output.say(
    `${artifacts} artifacts, ${results.length} decisions: ${gained} more released, ${lost} fewer, ${results.length - different.length} the same.`,
  );
}

function countArgument(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 500)
    throw new InvalidArgumentError('Write a number from 1 to 500.');
  return count;
}
