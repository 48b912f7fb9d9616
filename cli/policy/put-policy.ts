import { InvalidArgumentError, Option } from 'commander';
import type { Tools } from '../command.ts';
import { printable } from '../output/printable.ts';
import { policyText } from './policy-text.ts';

export interface VersionFlag {
  readonly ifVersion?: number;
}

/** `--if-version`: a change made on a version that is not there any more is refused. */
export function versionOption(): Option {
  return new Option(
    '--if-version <number>',
    'only if this is the stored version, as `policy show` tells it',
  ).argParser((text) => {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write the number of a version.');
    return Number(text);
  });
}

/** Makes or changes a policy and says what it is now. */
export async function putPolicy(
  { api, output }: Tools,
  id: string,
  document: object,
  { ifVersion }: VersionFlag,
): Promise<void> {
  const stored = await (await api()).putPolicy(id, document, ifVersion);
  output.answer(stored, () => {
    output.say(`${output.colours.bold(printable(stored.id))}  version ${stored.version}`);
    output.say(`  ${printable(policyText(stored))}`);
  });
}

/** The fields that were given. */
export function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
