import { redact } from '../../errors/redact.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours and control characters are looked for.
const NOT_FOR_PEOPLE = /\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u001f\u007f]/g;

/**
 * What a server says for people, line by line, without what would move a terminal's cursor or break a log, and without
 * the credential that it was sent.
 */
export function plainLines(text: string): string[] {
  return redact(text)
    .split(/[\r\n]+/)
    .map((line) => line.replace(NOT_FOR_PEOPLE, '').trim())
    .filter((line) => line !== '');
}
