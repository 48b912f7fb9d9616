import { renderEnvironment } from '../../shared/contract/rendering.ts';
import { readEnvironments } from '../artifact/read-environments.ts';
import { type DefineCommand, examples } from '../command.ts';
import { writeOutputFile } from '../output/write-file.ts';
import { localRenderer } from '../render/local-renderer.ts';
import { addRenderOptions, type RenderFlags, settingsOf } from '../render/render-options.ts';
import { readVariables } from '../render/variables.ts';
import type { World } from '../world.ts';

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

async function renderAll(flags: TemplateFlags, world: World) {
  const documents = await readEnvironments(flags.file, world.env);
  const variables = await readVariables(flags.vars, flags.var);
  const settings = settingsOf(flags);
  const renderer = localRenderer({ world, file: flags.file, chart: flags.chart, settings });
  const manifests = [];
  for (const document of documents) {
    const { resolved, rendered } = await renderEnvironment(document, variables, renderer);
    const { app, env } = resolved;
    manifests.push({ app, env, chart: rendered.chart, files: Object.fromEntries(rendered.files) });
  }
  return manifests;
}
