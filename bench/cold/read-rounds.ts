import { parseArgs } from 'node:util';

/** `--rounds <count>` as the one option; undefined when it is anything else. */
export function readRounds(args: readonly string[], standard: number): number | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { rounds: { type: 'string', default: String(standard) } },
    });
    const rounds = Number(values.rounds);
    return Number.isInteger(rounds) && rounds > 0 ? rounds : undefined;
  } catch {
    return undefined;
  }
}
