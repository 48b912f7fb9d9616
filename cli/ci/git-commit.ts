import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { known, type VersionFacts } from './ci-job.ts';

const FIELDS = ['%an', '%ae', '%cn', '%ce', '%cI', '%B'];

/**
 * What the checkout in the working directory knows of a commit: author, committer, time and message. Empty when there
 * is no git, no checkout or no such commit in it; then flags have to say.
 */
export async function gitCommitFacts(sha: string): Promise<VersionFacts> {
  if (!/^[0-9a-f]{7,64}$/i.test(sha)) return {};
  const args = [
    'show',
    '--no-patch',
    '--no-show-signature',
    `--format=${FIELDS.join('%x00')}`,
    `${sha}^{commit}`,
  ];
  try {
    const { stdout } = await promisify(execFile)('git', args, { encoding: 'utf8' });
    const [authorName, authorEmail, committerName, committerEmail, created, message] = stdout.split('\0');
    return known({
      authorName,
      authorEmail,
      committerName,
      committerEmail,
      created,
      message: message?.trim(),
    });
  } catch {
    return {};
  }
}
