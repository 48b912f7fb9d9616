import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AUDIT_BRANCH, type KeptHead, parseKeptHead } from '../../shared/contract/audit.ts';
import { CliError } from '../cli-error.ts';
import type { World } from '../world.ts';

const run = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The heads of the audit chain that are kept in a GitOps repo, the newest first. It is read with the git that is
 * installed here, and with its credentials: GimletD has no part in it. @throws CliError when there are none.
 */
export async function keptHeads(repo: string, env: World['env']): Promise<KeptHead[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gimlet-audit-'));
  try {
    await git(
      env,
      'clone',
      '--quiet',
      '--bare',
      '--single-branch',
      '--branch',
      AUDIT_BRANCH,
      '--',
      repo,
      folder,
    );
    const log = await git(env, '-C', folder, 'log', '-z', '--format=%H%n%B', AUDIT_BRANCH);
    const heads = log.split('\0').flatMap((text) => headIn(text, repo));
    if (heads.length > 0) return heads;
    throw new CliError(`No commit of ${AUDIT_BRANCH} in ${repo} keeps a head of the audit chain.`);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function headIn(text: string, repo: string): KeptHead[] {
  const [commit = '', ...message] = text.split('\n');
  const head = parseKeptHead(message.join('\n'));
  return head ? [{ ...head, source: `commit ${commit.slice(0, 12)} of ${repo}` }] : [];
}

async function git(env: World['env'], ...args: string[]): Promise<string> {
  try {
    return (await run('git', args, { env: { ...env, GIT_TERMINAL_PROMPT: '0' }, maxBuffer: MOST_BYTES }))
      .stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new CliError(`git ${args[0]} failed: ${(stderr || message).trim()}`);
  }
}
