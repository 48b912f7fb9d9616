import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { type WriteReport, writeReleases } from '../../shared/gitops/write-releases.ts';
import type { WriteMessage } from '../../shared/messages/message.ts';

/** Time kept back from an invocation for what follows its last push. */
const RESERVE_MS = 5_000;

export function makeWriter(ports: WriterPorts) {
  return (messages: readonly WriteMessage[], remainingMs: () => number): Promise<WriteReport> => {
    const ids = messages.flatMap((message) => (message.type === 'write' ? [message.releaseId] : []));
    const branches = messages.flatMap((message) => (message.type === 'branch' ? [message] : []));
    const wanted = branches.map(({ url, branch }) => ({ url, branch }));
    return writeReleases(ports, ids, ports.clock() + remainingMs() - RESERVE_MS, wanted);
  };
}
