import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { BranchRef, GitBranch, GitEngine } from '../../../gitops/git-engine.ts';
import type { CommitSigner } from '../commit-signer.ts';
import { type GitTransport, httpTransport, type TransportOptions } from '../transport.ts';
import { isomorphicBranch } from './isomorphic-branch.ts';

export interface IsomorphicGitEngineOptions extends Omit<TransportOptions, 'url'> {
  /** Folder for the bare repos; every branch opened gets a new one in it, which nobody else touches. */
  readonly directory: string;
  /** Signs the commits; without it they are not signed. */
  readonly signer?: CommitSigner | undefined;
  /** Makes the connection to a repo; for those who need another way than HTTP(S) as node speaks it. */
  readonly http?: (options: TransportOptions) => GitTransport;
}

/**
 * The port on isomorphic-git: a bare, shallow, single-branch fetch, no work tree. It is the plain and slow engine:
 * it reads the whole tree of the branch and walks it for every push.
 */
export function isomorphicGitEngine(options: IsomorphicGitEngineOptions): GitEngine {
  const { directory, http = httpTransport, signer, ...transportOptions } = options;
  const branches = new Map<string, Promise<GitBranch>>();
  const open = async (ref: BranchRef) => {
    await mkdir(directory, { recursive: true });
    const gitdir = await mkdtemp(join(directory, 'gitops-'));
    const transport = http({ ...transportOptions, url: ref.url });
    return isomorphicBranch({ ...ref, gitdir, transport, signer });
  };
  return {
    async open(ref) {
      // A key that can't be used shows here, before anything is taken to be written.
      await signer?.();
      const key = JSON.stringify([ref.url, ref.branch]);
      const known = branches.get(key);
      if (known !== undefined) return known;
      const opened = open(ref);
      branches.set(key, opened);
      opened.catch(() => branches.delete(key));
      return opened;
    },
  };
}
