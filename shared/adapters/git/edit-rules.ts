import type { Edit, Oid, PlannedEdit } from '../../gitops/git-engine.ts';
import { EMPTY_TREE, isOid } from './object-id.ts';

export type Refusal = Extract<PlannedEdit, { outcome: 'refused' }>;

export function refusal(code: string, reason: string): Refusal {
  return { outcome: 'refused', code, reason };
}

// Longer names can't be checked out on common file systems, so a GitOps operator would stop at them.
const MAX_SEGMENT_BYTES = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters other than tab and line feed.
const CONTROL_CHARACTER_IN_MESSAGE = /[\u0000-\u0008\u000b-\u001f\u007f]/;
/** Code points that HFS+ ignores in file names: `.g<U+200C>it` opens `.git` there (git's utf8.c, is_hfs_dotgit). */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Why git, or a file system that the repo may be checked out to, would not take this path; undefined if it is fine. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'the path is empty';
  if (!path.isWellFormed()) return 'the path is not well-formed Unicode';
  if (CONTROL_CHARACTER.test(path)) return 'the path contains a control character';
  if (path.includes('\\')) return 'the path contains a backslash';
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'the path has an empty segment (a slash at an end, or two in a row)';
  if (segment === '.' || segment === '..') return `the path contains '${segment}'`;
  if (isDotGit(segment)) return `the path contains '${segment}', which git keeps for itself`;
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
    return `a segment is longer than ${MAX_SEGMENT_BYTES} bytes`;
  return undefined;
}

/** `.git` as any file system may spell it: case, NTFS's trailing dots, spaces, streams and short names, HFS+. */
function isDotGit(segment: string): boolean {
  const name = segment
    .replace(IGNORED_BY_HFS, '')
    .split(':', 1)[0]
    ?.toLowerCase()
    .replace(/[. ]+$/, '');
  return name === '.git' || /^git~[1-9]$/.test(name ?? '');
}

/** Checks all of an edit that can be checked without reading the repo. */
export function checkEdit(edit: Edit): Refusal | undefined {
  const problem = pathProblem(edit.directory);
  if (problem !== undefined)
    return refusal('bad-path', `Directory '${printable(edit.directory)}': ${problem}.`);
  return checkFiles(edit) ?? checkCommit(edit);
}

function checkFiles({ content }: Edit): Refusal | undefined {
  const paths = content.kind === 'absent' ? [] : [...(content.files?.keys() ?? [])];
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem !== undefined) return refusal('bad-path', `File '${printable(path)}': ${problem}.`);
  }
  const known = new Set(paths);
  for (const path of paths) {
    const parent = parentsOf(path).find((candidate) => known.has(candidate));
    if (parent !== undefined) {
      return refusal('bad-path', `'${parent}' is a file, and '${path}' needs it to be a directory.`);
    }
  }
  return content.kind === 'tree' ? checkTreeId(content.tree) : undefined;
}

function checkTreeId(tree: Oid): Refusal | undefined {
  if (!isOid(tree)) return refusal('bad-tree', `'${printable(tree)}' is not a tree id of 40 hex digits.`);
  if (tree !== EMPTY_TREE) return undefined;
  return refusal('bad-tree', 'A directory can not be the empty tree: make it absent instead.');
}

function parentsOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

function checkCommit({ message, identity, time }: Edit): Refusal | undefined {
  if (!endsInOneNewline(message) || message.startsWith('\n')) {
    return refusal(
      'bad-message',
      'The commit message must begin with its subject and end in exactly one newline.',
    );
  }
  if (CONTROL_CHARACTER_IN_MESSAGE.test(message) || !message.isWellFormed()) {
    return refusal('bad-message', 'The commit message contains control characters or broken Unicode.');
  }
  if (![identity.name, identity.email].every(isIdentityText)) {
    return refusal(
      'bad-identity',
      "The committer's name and email must not be empty or contain '<', '>' or a newline.",
    );
  }
  if (!Number.isSafeInteger(time) || time < 0)
    return refusal('bad-time', `${time} is not a time in Unix seconds.`);
  return undefined;
}

function endsInOneNewline(text: string): boolean {
  return text.endsWith('\n') && !text.endsWith('\n\n');
}

/** What a name or an email in a commit header may be; git strips anything else silently, which would change ids. */
function isIdentityText(text: string): boolean {
  return (
    text.trim() === text &&
    text !== '' &&
    text.isWellFormed() &&
    !CONTROL_CHARACTER.test(text) &&
    !/[<>]/.test(text)
  );
}

/** A path as it can be shown: control characters escaped, cut to a sane length. */
function printable(text: string): string {
  return JSON.stringify(text.slice(0, 200)).slice(1, -1);
}

/** What stands where a directory is needed, by the mode of its entry. */
export function notADirectory(path: string, mode: string): Refusal {
  const what = mode === '120000' ? 'a symlink' : mode === '160000' ? 'a submodule' : 'a file';
  return refusal(
    'not-a-directory',
    `'${path}' is ${what} in the GitOps repo: remove it, or release to another path.`,
  );
}
