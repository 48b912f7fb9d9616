/**
 * Text of strangers (commit messages, chart errors) made safe for a terminal: without the characters that move the
 * cursor, change colours or reverse the reading direction.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replace(/\r\n?/g, '\n')
    .replace(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** The first line of a text, cut to a length. */
export function headline(text: string, length: number): string {
  const line = printable(text).trimStart().split('\n', 1)[0] ?? '';
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}
