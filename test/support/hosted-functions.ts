import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFunctionLog } from '../../local/host/function-log.ts';
import { type HostedFunction, type LambdaHost, startHost } from '../../local/host/host.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface HostedForTest extends LambdaHost {
  /** What the console would show, line by line. */
  readonly told: readonly string[];
  readonly folder: string;
}

export interface HostedSettings extends Partial<Omit<HostedFunction, 'handlerPath'>> {
  readonly env?: Readonly<Record<string, string>>;
}

/** Hosts functions given as the source of their handler modules, in a folder that `close` removes. */
export async function hostSources(
  sources: Readonly<Record<string, string>>,
  { env = {}, ...settings }: HostedSettings = {},
): Promise<HostedForTest> {
  const temporary = temporaryFolder();
  const folder = temporary.path;
  const functions: Record<string, HostedFunction> = {};
  for (const [name, source] of Object.entries(sources)) {
    const handlerPath = join(folder, `${name}.ts`);
    await writeFile(handlerPath, source);
    functions[name] = { timeoutSeconds: 10, memoryMb: 128, concurrency: 2, ...settings, handlerPath };
  }
  const told: string[] = [];
  const log = openFunctionLog({ directory: join(folder, 'logs'), tell: (line) => told.push(line) });
  const host = startHost({
    functions,
    env: () => env,
    region: 'us-east-1',
    accountId: '000000000000',
    temporaryDirectory: join(folder, 'tmp'),
    codeCache: join(folder, 'code'),
    log,
  });
  const close = async () => {
    await host.close();
    await log.close();
    temporary[Symbol.dispose]();
  };
  return { ...host, told, folder, close };
}
