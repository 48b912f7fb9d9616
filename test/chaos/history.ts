import { parseTrailers } from '../../shared/gitops/commit-message.ts';
import { runGit } from './native-git.ts';

/** A commit as native git tells it. */
export interface HistoryCommit {
  readonly oid: string;
  /** Paths that differ from its parent. */
  readonly paths: readonly string[];
  /** What its message says when it is a release's; undefined for what somebody else wrote. */
  readonly release: WrittenRelease | undefined;
}

export interface WrittenRelease {
  readonly id: string;
  /** Place among the releases of its target, as the writer counts. */
  readonly order: number;
  /** `staging/shop`. */
  readonly target: string;
  readonly artifactId: string;
  readonly triggeredBy: string;
}

const FORMAT = '%x01%H%x02%B%x02';

/** All commits that can be reached from a revision, parents first; `revision` as `git log` takes it. */
export async function readHistory(bare: string, ...revision: string[]): Promise<HistoryCommit[]> {
  const args = [
    'log',
    '--reverse',
    '--topo-order',
    '-z',
    '--name-only',
    '--no-renames',
    `--format=${FORMAT}`,
  ];
  const log = await runGit(bare, [...args, ...revision, '--']);
  return log
    .split('\x01')
    .slice(1)
    .map((entry) => {
      const [oid = '', message = '', paths = ''] = entry.split('\x02');
      return { oid, paths: paths.split(/[\0\n]/).filter(Boolean), release: releaseIn(message) };
    });
}

function releaseIn(text: string): WrittenRelease | undefined {
  const message = text.trim();
  const trailers = parseTrailers(message);
  const target = /^\[Gimlet\] (\S+) /.exec(message)?.[1];
  if (trailers === undefined || target === undefined) return undefined;
  const { releaseId: id, order } = trailers;
  return { id, order, target, artifactId: trailer('Artifact-Id'), triggeredBy: trailer('Triggered-By') };

  function trailer(name: string): string {
    return new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1] ?? '';
  }
}

/** Text of every file at a revision, by path. */
export async function readFiles(bare: string, revision: string): Promise<Map<string, string>> {
  const listed = await runGit(bare, ['ls-tree', '-r', '-z', '--name-only', revision]);
  const files = new Map<string, string>();
  for (const path of listed.split('\0').filter(Boolean))
    files.set(path, await runGit(bare, ['cat-file', 'blob', `${revision}:${path}`]));
  return files;
}
