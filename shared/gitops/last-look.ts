import { builtBranch } from '../artifact/artifact.ts';
import { passGates, type ShutGate } from '../policy/gates.ts';
import { lapse, ruleText } from '../release/approval.ts';
import { bindingControls } from '../release/binding-controls.ts';
import type { ControlsReader, Targets } from '../release/ports.ts';
import type { Release } from '../release/release.ts';
import { approvalRule, type Settings } from '../release/settings.ts';
import type { RunningRelease } from '../release/target.ts';
import { type AuthorityPorts, revocation } from './revocation.ts';

/** What is to become of a ready release, a moment before its commit is made. */
export type LastLook =
  | { readonly verdict: 'write'; readonly running?: RunningRelease }
  /** It is in the repo already. */
  | { readonly verdict: 'written'; readonly running: RunningRelease }
  | { readonly verdict: 'superseded'; readonly reason: string }
  /** `waitsFor`: what automation may go on after. */
  | { readonly verdict: 'held'; readonly reason: string; readonly waitsFor?: ShutGate }
  | { readonly verdict: 'failed'; readonly code: string; readonly reason: string }
  /** What people had approved it under is another by now. */
  | { readonly verdict: 'expired'; readonly reason: string }
  /** Nothing is to be written now; it stays ready. */
  | { readonly verdict: 'wait'; readonly reason: string };

export interface LastLookPorts extends AuthorityPorts {
  readonly targets: Targets;
  readonly controls: ControlsReader;
}

/**
 * Looks once more, consistently, at all that may have changed since a release was decided: the target's order and
 * hold, restrictions, freezes, the stopped line, the kill switch, the approvals that it needs, and the grants that it was
 * made and approved by.
 */
export async function lastLook(ports: LastLookPorts, release: Release, now: number): Promise<LastLook> {
  const [target, controls] = await Promise.all([
    ports.targets.get(release),
    ports.controls.read(release.env),
  ]);
  const { running } = target;
  if (running && running.releaseId === release.id) return { verdict: 'written', running };
  if (running && running.order > release.order) {
    return { verdict: 'superseded', reason: `release ${running.releaseId} came after it and is written` };
  }
  if (controls.killSwitch !== undefined)
    return { verdict: 'wait', reason: `writing is off: ${controls.killSwitch}` };
  const unapproved = lackOfApproval(ports.settings, release);
  if (unapproved) return unapproved;
  const revoked = await revocation(ports, release);
  if (revoked !== undefined) return { verdict: 'failed', code: 'grant-revoked', reason: revoked };
  const gates = passGates({
    app: release.app,
    branch: builtBranch(release.version),
    automatic: release.automatic,
    hold: target.hold,
    controls: bindingControls(release.change.kind, controls),
    freezeOverride: release.freezeOverride,
    now,
  });
  if (gates.outcome === 'open') return running ? { verdict: 'write', running } : { verdict: 'write' };
  if (gates.outcome === 'restricted') return { verdict: 'failed', code: 'restricted', reason: gates.reason };
  return { verdict: 'held', reason: gates.reason, ...(gates.waitsFor && { waitsFor: gates.waitsFor }) };
}

/** That what was approved holds no more, or that the environment has asked for approvals since the release began. */
function lackOfApproval(
  settings: Pick<Settings, 'environments'>,
  { env, approval }: Release,
): LastLook | undefined {
  const rule = approvalRule(settings, env);
  if (approval) {
    const lapsed = lapse(approval, rule);
    return lapsed === undefined
      ? undefined
      : { verdict: 'expired', reason: `approvals of ${env}: ${lapsed}` };
  }
  if (rule === undefined) return undefined;
  const reason = `${env} asks for ${ruleText(rule)} since it began: ask for the release again`;
  return { verdict: 'failed', code: 'approval-required', reason };
}
