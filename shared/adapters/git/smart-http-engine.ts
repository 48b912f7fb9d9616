import type { GitBranch, GitEngine } from '../../gitops/git-engine.ts';
import type { ServerMemory } from '../../gitops/server-memory.ts';
import type { CommitSigner } from './commit-signer.ts';
import { inProcessMemory } from './in-process-memory.ts';
import { RemoteRepo } from './remote-repo.ts';
import { SmartHttpBranch } from './smart-http-branch.ts';
import { type GitTransport, httpTransport, type TransportOptions } from './transport.ts';

export interface SmartHttpGitEngineOptions extends Omit<TransportOptions, 'url'> {
  /** Where it is kept what a server can do; for as long as the process lives when left out. */
  readonly memory?: ServerMemory;
  /** Signs the commits; without it they are not signed. */
  readonly signer?: CommitSigner | undefined;
  /** Makes the connection to a repo; for those who need another way than HTTP(S) as node speaks it. */
  readonly http?: (options: TransportOptions) => GitTransport;
}

/**
 * The port in git's own protocol, without a clone: it reads the tip's trees as far as directories are replaced in
 * them, builds the commits in memory, and sends a batch of them in one request. Branches stay warm between calls.
 */
export function smartHttpGitEngine(options: SmartHttpGitEngineOptions): GitEngine {
  const { memory = inProcessMemory(), http = httpTransport, signer, ...transportOptions } = options;
  const branches = new Map<string, GitBranch>();
  return {
    async open({ url, branch }) {
      // A key that can't be used shows here, before anything is taken to be written.
      await signer?.();
      const key = JSON.stringify([url, branch]);
      const opened = branches.get(key);
      if (opened !== undefined) return opened;
      const transport = http({ ...transportOptions, url });
      const made = new SmartHttpBranch(new RemoteRepo(transport, memory), branch, signer);
      branches.set(key, made);
      return made;
    },
  };
}
