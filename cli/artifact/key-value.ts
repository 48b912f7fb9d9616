import { InvalidArgumentError } from 'commander';

/** Takes `--var k=v` again and again, each split at its first `=`. */
export function collectPairs(
  text: string,
  pairs: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`Write it as name=value.`);
  return { ...pairs, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Takes an option again and again. */
export function collect(text: string, list: readonly string[] = []): string[] {
  return [...list, text];
}
