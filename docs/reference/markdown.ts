/** What `npm run docs` writes begins with this, so that nobody changes it by hand. */
export const MADE_BY_SCRIPT = '<!-- Made by `npm run docs` from the code; change that, not this page. -->';

/** Parts of a page with an empty line between them; what is not there is left out. */
export function page(...parts: readonly (string | undefined | false)[]): string {
  return `${parts.filter((part) => part).join('\n\n')}\n`;
}

/** A table; its cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code, whatever is in it. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Where GitHub puts a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** To a heading of the same page. */
export function link(heading: string, text = heading): string {
  return `[${text}](#${anchor(heading)})`;
}

/** Text that is no Markdown, but for its `code`: flags become code, and what Markdown would read is escaped. */
export function plain(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? code(part) : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text
    .replace(/[<*[\]]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replace(/(?<![\w/-])--?[a-zA-Z][\w-]*(=\w+)?/g, (flag) => code(flag.replaceAll('\\', '')));
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
