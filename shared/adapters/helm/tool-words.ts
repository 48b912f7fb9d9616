const MAX_LENGTH = 2_000;
/** What helm and kubectl say beside their error: a log, and advice on flags that are not ours to give. */
const NOISE = /^(?:level=|time=|WARNING:|# Warning:|\[?(?:debug|warning)\]?|Use --debug flag\b)/i;

/** A tool's error text for people: without noise and without paths of ours. */
export function cleanToolWords(stderr: string, directory: string): string {
  const lines = stderr
    .replaceAll(`file://${directory}/`, '')
    .replaceAll(`${directory}/`, '')
    .replaceAll(directory, '.')
    .split('\n')
    .map((line) => line.replace(/^[Ee]rror: /, '').trimEnd())
    .filter((line) => line !== '' && !NOISE.test(line));
  const text = lines.join('\n');
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)} …` : text;
}

/** Whether the process died because it was given no more memory. */
export function isOutOfMemory(stderr: string): boolean {
  return /out of memory|cannot allocate memory|failed to reserve|failed to create new OS thread/i.test(
    stderr,
  );
}
