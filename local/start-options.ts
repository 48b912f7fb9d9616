import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly port: number;
  readonly dataDirectory: string;
  readonly bundles: boolean;
}

/** The command line or an environment variable is not right; the message says what would be. */
export class StartOptionsError extends Error {
  override readonly name = 'StartOptionsError';
}

const DEFAULT_PORT = 8085;
const DEFAULT_DATA = '.gimletd';

/**
 * Reads `--bundles`, GIMLETD_PORT and GIMLETD_DATA.
 * @throws StartOptionsError
 */
export function readStartOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const port = env['GIMLETD_PORT'] || String(DEFAULT_PORT);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new StartOptionsError(
      `GIMLETD_PORT is "${port}": give a port from 1 to 65535, or 0 for any that is free`,
    );
  return {
    port: Number(port),
    dataDirectory: env['GIMLETD_DATA'] || DEFAULT_DATA,
    bundles: readBundles(args),
  };
}

function readBundles(args: readonly string[]): boolean {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { bundles: { type: 'boolean', default: false } },
    });
    return values.bundles;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new StartOptionsError(`${problem}. The only option is --bundles: npm start -- --bundles`);
  }
}
