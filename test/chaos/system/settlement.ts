import type { Random } from '../../../local/faults/random.ts';
import type { Settled } from '../approvals.ts';
import type { Answered, Approvers } from './approvers.ts';
import type { AcceptedOverHttp } from './lane.ts';

export const APPROVALS_NEEDED = 2;

/** What was asked for and people must agree to; `requestId` names it before it is made. */
export interface AskedFor extends AcceptedOverHttp {
  readonly requestId: string;
}

export type SettledOverHttp = Settled & AskedFor;

/** How people deal with a release, and what they are answered. */
export interface Way {
  readonly go: (approvers: Approvers, asked: AskedFor) => Promise<readonly Answered[]>;
  /** However many come, it must not begin. */
  readonly isVain?: boolean;
}
type Go = Way['go'];

const approved: Go = async (approvers, { requestId }) =>
  Promise.all([approvers.approve(requestId, 'ann'), approvers.approve(requestId, 'bob')]);

const rejected: Go = async (approvers, { requestId, name }) => [
  await approvers.approve(requestId, 'ann'),
  await approvers.reject(name, 'cleo'),
];

/** One approves and one rejects at once: one of them is first. */
const disputed: Go = async (approvers, { requestId, name }) => [
  await approvers.approve(requestId, 'ann'),
  ...(await Promise.all([approvers.approve(name, 'bob'), approvers.reject(name, 'cleo')])),
];

/** The same person again and again. */
const alone: Go = async (approvers, { requestId, name }) => [
  ...(await Promise.all([approvers.approve(requestId, 'ann'), approvers.approve(requestId, 'annAgain')])),
  await approvers.approve(name, 'ann'),
];

/** Each as often as it stands here. */
const WAYS: readonly Go[] = [approved, approved, approved, approved, rejected, disputed, disputed, alone];

/** Has people deal with a release in one way or another; answers what came of it. */
export async function settle(
  approvers: Approvers,
  asked: AskedFor,
  random: Random,
  { go, isVain = false }: Way = { go: random.shuffle(WAYS)[0] ?? approved },
): Promise<SettledOverHttp> {
  const answers = await go(approvers, asked);
  const counted = answers.flatMap((answer) => answer?.given ?? []);
  // Whoever is counted stays so: what all answers say together is what the last one would.
  const approvedBy = [...new Map(counted.map((name) => [name.toLowerCase(), name])).values()];
  const isApproved = approvedBy.length >= APPROVALS_NEEDED;
  return { ...asked, outcome: outcomeOf(answers, isApproved, isVain), approvedBy };
}

function outcomeOf(answers: readonly Answered[], isApproved: boolean, isVain: boolean): Settled['outcome'] {
  const isRejected = answers.some((answer) => answer?.state === 'rejected');
  if (isApproved) return isRejected || isVain ? 'wrong' : 'approved';
  if (isRejected) return 'rejected';
  return answers.every((answer) => answer?.state === 'waiting') ? 'short' : 'lapsed';
}
