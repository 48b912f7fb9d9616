import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../duration.ts';

/** A time in the future as RFC 3339: given as that, or as how long from now. */
export function untilArgument(text: string): string {
  const ahead = parseDuration(text);
  const time = ahead === undefined ? Date.parse(text) : Date.now() + ahead;
  const isTime = ahead !== undefined || /^\d{4}-\d{2}-\d{2}[Tt ].+$/.test(text);
  if (!isTime || Number.isNaN(time)) {
    throw new InvalidArgumentError('Write 2026-01-31T09:00:00Z, or 8h for eight hours from now.');
  }
  return new Date(time).toISOString();
}
