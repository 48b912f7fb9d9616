import { parse } from 'yaml';
import * as z from 'zod';
import { NotFoundError, UnprocessableError } from '../../errors/errors.ts';
import { chooseVersion } from './choose-version.ts';

const indexEntry = z.object({
  version: z.string(),
  urls: z.array(z.string()).min(1),
  digest: z.string().optional(),
});
export type IndexEntry = z.infer<typeof indexEntry>;

/** What is parsed whole, in characters: a reader of YAML takes seconds for a few megabytes. */
const MAX_WHOLE = 3_000_000;

/**
 * The entry of a repository's `index.yaml` for a chart: the version that is asked for, or the newest of a range.
 * @throws NotFoundError `chart-not-found`; UnprocessableError `chart-index-invalid`.
 */
export function findEntry(index: string, name: string, version: string): IndexEntry {
  const entries = readEntries(index, name);
  const chosen = chooseVersion(
    entries.map((entry) => entry.version),
    name,
    version,
  );
  const found = entries.find((entry) => entry.version === chosen);
  if (found === undefined) throw new TypeError(`${chosen} is among the entries`);
  return found;
}

function readEntries(index: string, name: string): IndexEntry[] {
  const listed = entriesOf(read(cutEntry(index, name) ?? whole(index)), name);
  if (listed === undefined)
    throw new NotFoundError('chart-not-found', `the repository has no chart '${name}'`);
  return listed.flatMap((entry) => indexEntry.safeParse(entry).data ?? []);
}

function entriesOf(index: unknown, name: string): unknown[] | undefined {
  const parsed = z.object({ entries: z.record(z.string(), z.unknown()) }).safeParse(index);
  if (!parsed.success) throw invalid('it has no entries');
  const listed = Object.hasOwn(parsed.data.entries, name) ? parsed.data.entries[name] : undefined;
  return Array.isArray(listed) ? listed : undefined;
}

/** `entries:` and the indentation of the charts' names in it. */
const ENTRIES = /^entries:[ \t]*\r?\n(?=(?:[ \t]*(?:#.*)?\r?\n)*( +)\S)/m;

/**
 * Cuts the lines of one chart out of an index as helm writes it, so that the rest, which may be megabytes, need not be
 * parsed. Undefined when it is not written so.
 */
function cutEntry(index: string, name: string): string | undefined {
  const entries = ENTRIES.exec(index);
  const indent = entries?.[1];
  if (!entries || indent === undefined) return undefined;
  const charts = index.slice(entries.index + entries[0].length);
  const escaped = name.replaceAll('.', '\\.');
  const head = new RegExp(`^${indent}(?:${escaped}|"${escaped}"):[ \\t]*\\r?\\n`, 'm').exec(charts);
  if (head === null) return undefined;
  const body = charts.slice(head.index + head[0].length);
  // Up to the next line that is not further in, and not an element of our list.
  const end = body.search(new RegExp(`^ {0,${indent.length}}[^ \\-\\r\\n#]`, 'm'));
  return `entries:\n${head[0]}${end < 0 ? body : body.slice(0, end)}`;
}

function whole(index: string): string {
  if (index.length <= MAX_WHOLE) return index;
  throw invalid(`it has more than ${MAX_WHOLE} characters and is not written as helm does`);
}

function read(yaml: string): unknown {
  try {
    // All is text in this schema: a version such as 1.10 is no number.
    return parse(yaml, { schema: 'failsafe', logLevel: 'error' });
  } catch {
    throw invalid('it is not YAML');
  }
}

function invalid(problem: string): UnprocessableError {
  return new UnprocessableError(
    'chart-index-invalid',
    `the index.yaml of the chart's repository can't be read: ${problem}`,
  );
}
