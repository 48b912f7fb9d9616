import type { EventMessage } from '../../shared/messages/message.ts';
import { type CleanUpPorts, cleanUpBranch } from '../../shared/release/clean-up-branch.ts';
import { type DecidePorts, decideArtifact } from '../../shared/release/decide-artifact.ts';
import { type ExecuteRequestPorts, executeRequest } from '../../shared/release/execute-request.ts';
import { type LookAfterApprovalPorts, lookAfterApproval } from '../../shared/release/look-after-approval.ts';
import { type LookAfterPorts, lookAfterTarget } from '../../shared/release/look-after-target.ts';

export interface PolicyPorts
  extends DecidePorts,
    ExecuteRequestPorts,
    LookAfterPorts,
    LookAfterApprovalPorts,
    CleanUpPorts {
  readonly artifacts: DecidePorts['artifacts'];
  readonly decisions: DecidePorts['decisions'];
  readonly releases: LookAfterPorts['releases'] & LookAfterApprovalPorts['releases'];
  readonly notices: LookAfterPorts['notices'];
  readonly settings: DecidePorts['settings'];
  readonly targets: DecidePorts['targets'];
  readonly branches: CleanUpPorts['branches'];
  readonly clock: () => number;
}

/** What an event came to, for the log. */
export function makePolicy(ports: PolicyPorts) {
  return async (message: EventMessage): Promise<Readonly<Record<string, unknown>>> => {
    if (message.type === 'request') {
      const request = await executeRequest(ports, message, ports.clock());
      return { releases: request?.targets.map(({ releaseId }) => releaseId) };
    }
    if (message.type === 'branch') return { deleted: await cleanUpBranch(ports, message, ports.clock()) };
    if (message.type === 'approval') {
      const release = await lookAfterApproval(ports, message, ports.clock());
      return { release: message.releaseId, state: release?.state };
    }
    if (message.type === 'target') return { ...(await lookAfterTarget(ports, message, ports.clock())) };
    const decisions = await decideArtifact(ports, message, ports.clock());
    return { decisions: decisions?.map(({ env, app, outcome }) => `${env}/${app} ${outcome}`) };
  };
}
