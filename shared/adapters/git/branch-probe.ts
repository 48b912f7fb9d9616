import type { Finding } from '../../gitops/finding.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import type { BranchProbe } from '../../gitops/probe.ts';
import type { ReadStrategy, ServerMemory } from '../../gitops/server-memory.ts';
import { inProcessMemory } from './in-process-memory.ts';
import { writePack } from './pack-writer.ts';
import { RemoteRepo } from './remote-repo.ts';
import { type GitTransport, httpTransport, type TransportOptions } from './transport.ts';
import { TreeSource } from './tree-source.ts';

export interface BranchProbeOptions extends Omit<TransportOptions, 'url'> {
  /** Where what was found out is kept for the engine. */
  readonly memory: ServerMemory;
}

type Found = Omit<Finding, 'subject'>;

const ENGINE_FIX =
  "Set the repo's `engine` to `isomorphic-git` in the settings if releases do not get through.";

const READING: Readonly<Record<ReadStrategy, Found>> = {
  'tree-depth': {
    check: 'read',
    verdict: 'ok',
    says: 'trees come without files, by depth: three small requests',
  },
  'tree-level': {
    check: 'read',
    verdict: 'ok',
    says: 'trees come one level at a time: a few more small requests',
  },
  'no-blobs': {
    check: 'read',
    verdict: 'warning',
    says: 'the server gives all trees or none: a cold start reads megabytes of a big repo',
    fix: 'Allow tree filters on the server (uploadpackfilter.tree.allow) if it is yours.',
  },
  everything: {
    check: 'read',
    verdict: 'warning',
    says: 'the server knows no filters: a cold start reads every file of the tip',
    fix: 'Allow filters on the server (uploadpack.allowFilter) if it is yours.',
  },
};

/**
 * Asks a server everything anew, as if it had never been seen, and keeps what it answers for the engine. The push
 * that it tries sets the branch to the commit that it is at: all of a push but a change.
 */
export function smartHttpProbe({ memory, ...options }: BranchProbeOptions): BranchProbe {
  return {
    async probe({ url, branch }) {
      const transport = httpTransport({ ...options, url });
      try {
        return await probeBranch(transport, memory, branch);
      } finally {
        transport.close();
      }
    },
  };
}

async function probeBranch(transport: GitTransport, memory: ServerMemory, branch: string): Promise<Found[]> {
  const remote = new RemoteRepo(transport, inProcessMemory());
  const ref = `refs/heads/${branch}`;
  const tip = await remote.resolve(ref);
  const { protocol } = await remote.traits();
  const reached: Found = {
    check: 'reach',
    verdict: 'ok',
    says: `${transport.host} answers in version ${protocol === 2 ? 2 : 0} of git's protocol`,
  };
  const read = tip === null ? missingBranch(branch) : await probeRead(remote, tip);
  const capabilities = await remote.pushCapabilities();
  const found = [reached, read, reportFinding(capabilities)];
  if (tip !== null) found.push(await probePush(remote, ref, tip));
  await memory.remember(transport.host, await remote.traits());
  return found;
}

function missingBranch(branch: string): Found {
  return {
    check: 'branch',
    verdict: 'warning',
    says: `there is no branch '${branch}' yet: the first release makes it`,
    fix: `If there should be one, check the branch's name in the settings.`,
  };
}

async function probeRead(remote: RemoteRepo, tip: Oid): Promise<Found> {
  await new TreeSource(remote).readTip(tip, undefined);
  return READING[(await remote.traits()).readStrategy ?? 'tree-depth'];
}

function reportFinding(capabilities: readonly string[]): Found {
  if (capabilities.includes('report-status')) {
    return { check: 'report', verdict: 'ok', says: 'the server says what becomes of a push (report-status)' };
  }
  return {
    check: 'report',
    verdict: 'warning',
    says: 'the server does not say what becomes of a push: each is followed by a look',
    fix: ENGINE_FIX,
  };
}

/** Sends no objects and changes nothing, but the server lets us do so only if it would let us push. */
async function probePush(remote: RemoteRepo, ref: string, tip: Oid): Promise<Found> {
  const pack = writePack([], { ofsDelta: false });
  const report = await remote.push({ ref, from: tip, to: tip }, pack);
  if (report?.accepted) {
    return { check: 'push', verdict: 'ok', says: 'a push is taken without asking for the refs first' };
  }
  const words = report?.words ?? 'it did not say what became of the push';
  return {
    check: 'push',
    verdict: report === undefined ? 'warning' : 'wrong',
    says: `a push that changes nothing was not taken: ${words}`,
    fix: 'Allow the token’s user to push to the branch: see its protection rules and hooks.',
  };
}
