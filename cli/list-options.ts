import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from './duration.ts';

/** `--limit`: `-1` is as many as the server puts on a page. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'at most so many, newest first; -1 for as many as a page holds')
    .argParser((text) => {
      const limit = Number(text);
      if (!/^(-1|\d+)$/.test(text) || limit === 0)
        throw new InvalidArgumentError('Write a number from 1 up, or -1.');
      return limit === -1 ? 100 : limit;
    })
    .default(10);
}

export function offsetOption(): Option {
  return new Option('--offset <count>', 'leave out so many of the newest').argParser((text) => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Write a number from 0 up.');
    return Number(text);
  });
}

/** `--since`, `--until`: sent as RFC 3339. */
export function timeOptions(): Option[] {
  const what = 'a date, an RFC 3339 time, or how long ago: 24h';
  return [
    new Option('--since <time>', `none older: ${what}`).argParser(timeArgument),
    new Option('--until <time>', `none newer: ${what}`).argParser(timeArgument),
  ];
}

function timeArgument(text: string): string {
  const ago = parseDuration(text);
  const time = ago === undefined ? Date.parse(text) : Date.now() - ago;
  const isTime = ago !== undefined || /^\d{4}-\d{2}-\d{2}([Tt ].+)?$/.test(text);
  if (!isTime || Number.isNaN(time)) {
    throw new InvalidArgumentError('Write 2026-01-31, 2026-01-31T09:00:00Z, or 24h for a day ago.');
  }
  return new Date(time).toISOString();
}
