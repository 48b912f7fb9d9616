import { renderEnvironment } from '../../shared/contract/rendering.ts';
import { readEnvironments } from '../artifact/read-environments.ts';
import type { World } from '../world.ts';
import { localRenderer } from './local-renderer.ts';
import { type RenderFlags, settingsOf } from './render-options.ts';
import { readVariables } from './variables.ts';

/**
 * Renders every environment of a file.
 * @throws CliError, and GimletdError as the server would say it
 */
export async function renderAll(flags: RenderFlags, world: World) {
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
