/** helm's line before each document says which template it came from. */
const HEADER = /^---\n# Source: (.+)\n/gm;

/**
 * Cuts helm's output into the texts of its templates, each with its documents in helm's order and otherwise as they
 * are; only blank lines at the end of a document go. Keys are the templates' paths: `chart/templates/service.yaml`.
 *
 * A chart can write such a line itself. Nothing but the name of a file hangs on it.
 */
export function splitBySource(output: string): Map<string, string> {
  const texts = new Map<string, string>();
  const headers = [...output.matchAll(HEADER)];
  headers.forEach((header, index) => {
    const source = header[1] ?? '';
    const text = trimBlankEnd(output.slice(header.index, headers[index + 1]?.index));
    texts.set(source, `${texts.get(source) ?? ''}${text}`);
  });
  return texts;
}

/** Takes blank lines off the end and leaves one newline; spaces at the end of the last line that says something stay. */
export function trimBlankEnd(text: string): string {
  let end = text.length;
  for (let at = end - 1; at >= 0 && ' \t\r\n'.includes(text.charAt(at)); at -= 1)
    if (text[at] === '\n') end = at;
  return `${text.slice(0, end)}\n`;
}
