import type { DiffAnswer, RunningAnswer } from '../../shared/contract/previews.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { gitRef, shortSha } from '../output/version-text.ts';
import { sayDiff } from '../preview/diff-text.ts';

interface DiffFlags extends JsonFlag {
  readonly from: string;
  readonly to: string;
  readonly app?: string;
}

export const releaseDiff: DefineCommand = (command, run) => {
  command
    .requiredOption('--from <env>', 'environment to compare')
    .requiredOption('--to <env>', 'environment to compare it with')
    .option('--app <name>', 'the files of this app; without it, all apps in short')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ output: format, ...query }: DiffFlags) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const answer = await (await api()).diff(query);
        output.answer(answer, () => {
          if (query.app === undefined) summarise(answer, output);
          else for (const compared of answer.apps) describe(answer, compared, output);
        });
      }),
    );
};

const HELP = `
Compares the files that were rendered for what runs. With --app, - is what --from has, + is what --to has.
${examples(
  'gimlet release diff --from staging --to production',
  'gimlet release diff --from staging --to production --app webapp',
)}`;

type Compared = DiffAnswer['apps'][number];

const WORDS = { same: 'same', different: 'different' } as const;

function stateOf({ state }: Compared, { from, to }: DiffAnswer): string {
  if (state === 'same' || state === 'different') return WORDS[state];
  return `only in ${state === 'onlyFrom' ? from : to}`;
}

function summarise(answer: DiffAnswer, output: Output): void {
  output.table(
    ['APP', 'STATE', answer.from.toUpperCase(), answer.to.toUpperCase()],
    answer.apps.map((compared) => [
      compared.app,
      stateOf(compared, answer),
      versionOf(compared.from),
      versionOf(compared.to),
    ]),
  );
}

function describe(answer: DiffAnswer, compared: Compared, output: Output): void {
  output.facts({
    app: compared.app,
    state: stateOf(compared, answer),
    [answer.from]: versionOf(compared.from, compared.from?.artifactId),
    [answer.to]: versionOf(compared.to, compared.to?.artifactId),
  });
  const { files = [], diff = '', truncated } = compared;
  if (files.length === 0) return;
  output.say();
  sayDiff({ files, diff, truncated }, output);
}

function versionOf(running: RunningAnswer | undefined, id = ''): string {
  if (running === undefined) return '';
  const { version, drifted } = running;
  const built = `${gitRef(version)} ${shortSha(version.sha)}`.trim();
  return printable(`${id === '' ? built : `${id} (${built})`}${drifted ? ', drifted' : ''}`);
}
