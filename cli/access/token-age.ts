import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../duration.ts';

/** How long something lasts, as a whole number of seconds: `90d`, `12h`. */
export function secondsArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Write it as 90d, 12h or 30m.');
  return Math.round(ms / 1000);
}
