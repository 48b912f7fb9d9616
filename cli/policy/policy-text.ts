import type { PolicyAnswer } from '../../shared/contract/policies.ts';

/** What a policy says, in a line. */
export function policyText(policy: PolicyAnswer): string {
  const field = (name: string) => (policy[name] === undefined ? '' : String(policy[name]));
  switch (policy.kind) {
    case 'auto-release':
      return deployText(record(policy['deploy']));
    case 'auto-promote':
      return `to ${field('to')} after ${Number(field('afterSeconds')) / 60} min`;
    case 'branch-restriction':
      return `only branches that match ${field('branchPattern')}`;
    case 'freeze':
      return freezeText(record(policy['freeze']));
    default:
      return field('reason');
  }
}

function deployText({
  event,
  branch,
  tag,
  commitMessagePatterns,
}: Readonly<Record<string, unknown>>): string {
  const parts = [
    `event ${event}`,
    ...(branch === undefined ? [] : [`branch ${branch}`]),
    ...(tag === undefined ? [] : [`tag ${tag}`]),
    ...(Array.isArray(commitMessagePatterns) ? [`message ${commitMessagePatterns.join(' or ')}`] : []),
  ];
  return parts.join(', ');
}

function freezeText(freeze: Readonly<Record<string, unknown>>): string {
  const { from, until, schedule, durationMinutes, timeZone, reason } = freeze;
  const when =
    schedule === undefined ? `${from} to ${until}` : `${schedule} (${timeZone}) for ${durationMinutes} min`;
  return `${when}: ${reason}`;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
