import { type DefineCommand, examples } from '../command.ts';
import { writeOutputFile } from '../output/write-file.ts';
import { addRenderOptions, type RenderFlags } from '../render/render-options.ts';

interface TemplateFlags extends RenderFlags {
  readonly output?: string;
  readonly json?: true;
}

export const manifestTemplate: DefineCommand = (command, run) => {
  addRenderOptions(command)
    .option('-o, --output <file>', 'file to write; stdout without it')
    .option('--json', 'print the files by name, as JSON')
    .addHelpText('after', HELP)
    .action((flags: TemplateFlags) =>
      run({ json: flags.json === true }, async ({ world, output }) => {
        const { renderAll } = await import('../render/render-all.ts');
        const manifests = await renderAll(flags, world);
        const text = manifests.flatMap(({ files }) => Object.values(files)).join('');
        if (flags.output !== undefined) await writeOutputFile(flags.output, text, { replace: true });
        output.answer(manifests, () => {
          if (flags.output === undefined) world.stdout.write(text);
          else output.say(`Written to ${flags.output}.`);
        });
      }),
    );
};

const HELP = `
Renders as the server does: the same templates, checks and limits, with the helm (and kubectl, for patches) on PATH.
${examples(
  'gimlet manifest template -f .gimlet/staging.yaml --vars ci.env',
  'gimlet manifest template -f .gimlet/staging.yaml --var SHA=abc123 --chart ./chart | kubectl diff -f -',
)}`;
