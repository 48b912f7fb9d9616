import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatch, structuredPatch } from 'diff';

/** Files of a directory, by name. */
export interface Directory {
  /** Where it is in its repo. */
  readonly path: string;
  readonly files: ReadonlyMap<string, string>;
}

/** How one file differs. */
export interface FileDiff {
  /** Name in its directory. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'modified';
  /** Lines. */
  readonly additions: number;
  readonly deletions: number;
  /** Unified, with its header; of one directory as git writes it, so that `git apply` takes it. */
  readonly text: string;
}

const CONTEXT = 3;
/** Of more lines than this it is not looked for the fewest: the time would grow with their square. */
const MOST_EDITS = 500;

/** What differs between two directories, file by file in the order of their names; none when nothing does. */
export function diffDirectories(before: Directory, after: Directory): FileDiff[] {
  const names = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...names]
    .filter((name) => before.files.get(name) !== after.files.get(name))
    .sort()
    .map((name) => diffFile(name, before, after));
}

function diffFile(name: string, before: Directory, after: Directory): FileDiff {
  const [old, fresh] = [before.files.get(name), after.files.get(name)];
  const [from, to] = [`${before.path}/${name}`, `${after.path}/${name}`];
  const patch: StructuredPatch = {
    ...comparison(old ?? '', fresh ?? ''),
    oldFileName: old === undefined ? '/dev/null' : `a/${from}`,
    newFileName: fresh === undefined ? '/dev/null' : `b/${to}`,
    ...(from === to && { isGit: true, isCreate: old === undefined, isDelete: fresh === undefined }),
  };
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  return {
    name,
    change: old === undefined ? 'added' : fresh === undefined ? 'removed' : 'modified',
    additions: lines.filter((line) => line.startsWith('+')).length,
    deletions: lines.filter((line) => line.startsWith('-')).length,
    text: formatPatch(patch, FILE_HEADERS_ONLY),
  };
}

function comparison(old: string, fresh: string): StructuredPatch {
  const shortest = structuredPatch('', '', old, fresh, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  return shortest ?? replacement(old, fresh);
}

/** All lines of one for all lines of the other. */
function replacement(old: string, fresh: string): StructuredPatch {
  const [gone] = structuredPatch('', '', old, '').hunks;
  const [come] = structuredPatch('', '', '', fresh).hunks;
  if (!gone || !come) throw new Error('texts that differ by so much have lines');
  const hunk = { ...gone, newStart: 1, newLines: come.newLines, lines: [...gone.lines, ...come.lines] };
  return { oldFileName: '', newFileName: '', oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
}
