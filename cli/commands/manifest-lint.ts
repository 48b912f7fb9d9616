import { type DefineCommand, examples } from '../command.ts';
import { addRenderOptions, type RenderFlags } from '../render/render-options.ts';

interface LintFlags extends RenderFlags {
  readonly json?: true;
}

export const manifestLint: DefineCommand = (command, run) => {
  addRenderOptions(command)
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', HELP)
    .action((flags: LintFlags) =>
      run({ json: flags.json === true }, async ({ world, output }) => {
        const { lintFile } = await import('../render/lint-file.ts');
        const found = await lintFile(flags, world);
        const count = found === 1 ? 'The environment' : `All ${found} environments`;
        output.answer({ problems: [] }, () => output.say(`${count} in ${flags.file} can be released.`));
      }),
    );
};

const HELP = `
Checks the fields of each environment, its values against the chart's values.schema.json, and what it renders to.
Without --vars each variable stands for itself; with it, one that is missing is a mistake.
${examples('gimlet manifest lint -f .gimlet/staging.yaml', 'gimlet manifest lint -f .gimlet/staging.yaml --vars ci.env')}`;
