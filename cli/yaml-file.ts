import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import { CliError } from './cli-error.ts';

/**
 * What a file of YAML, or JSON, holds; an empty one is an empty map.
 * @param wrong makes the error of a file that is no YAML, of the reasons
 * @throws CliError `no-such-file`
 */
export async function readYamlFile(
  path: string,
  wrong: (path: string, details: readonly string[]) => CliError,
): Promise<unknown> {
  const text = await readText(path);
  try {
    return parse(text, { version: '1.2', merge: true, maxAliasCount: 100 }) ?? {};
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError)
      throw wrong(path, [error.message]);
    throw error;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError(`${path} can't be read.`, { code: 'no-such-file', cause });
  }
}
