/** A release that people were asked to agree to, and what they were answered. */
export interface Settled {
  readonly name: string;
  /** `production/shop`. */
  readonly target: string;
  /**
   * `approved`: all that were needed were counted; `rejected`: somebody said no; `lapsed`: whoever came was told that it
   * waits no more; `short`: those who came were too few, and it waits on; `wrong`: approved though
   * it was rejected, or asked for under a rule that was another by then.
   */
  readonly outcome: 'approved' | 'rejected' | 'lapsed' | 'short' | 'wrong';
  /** Who was answered that they are counted. */
  readonly approvedBy: readonly string[];
}

/** What is said of such a release when all is over. */
export interface Shown {
  readonly state: string;
  /** Who is counted, as often as they are. */
  readonly given: readonly string[];
}

const ENDS: Readonly<Record<Settled['outcome'], readonly string[]>> = {
  approved: ['released', 'superseded', 'failed'],
  rejected: ['rejected'],
  lapsed: ['expired', 'superseded'],
  short: ['waiting', 'superseded', 'expired'],
  wrong: [],
};
const WHY: Readonly<Record<Exclude<Settled['outcome'], 'approved'>, string>> = {
  rejected: 'was rejected',
  lapsed: 'was over before it was approved',
  short: 'has too few approvals',
  wrong: 'was approved though it was rejected, or under another rule',
};

/** Name → why it must not be in the branch, of those that may not. */
export function withheld(settled: readonly Settled[]): ReadonlyMap<string, string> {
  return new Map(
    settled.flatMap(({ name, outcome }) => (outcome === 'approved' ? [] : [[name, WHY[outcome]] as const])),
  );
}

/** What is said at the end against what people were answered; a sentence for each thing that is wrong. */
export function judgeApprovals(
  settled: readonly Settled[],
  shown: ReadonlyMap<string, Shown>,
): readonly string[] {
  return settled.flatMap((one) => {
    const last = shown.get(one.name);
    if (last === undefined) return [`${one.name} of ${one.target} can't be found`];
    return [...findMisled(one, last), ...findMiscounted(one, last)];
  });
}

function findMisled({ name, target, outcome }: Settled, { state }: Shown): string[] {
  if (ENDS[outcome].includes(state)) return [];
  if (outcome === 'wrong') return [`${name} of ${target} ${WHY.wrong}`];
  return [`${name} of ${target} is ${state}, and people were told that it is ${outcome}`];
}

/** Each person counts once, and whoever was told so counts. */
function findMiscounted({ name, target, approvedBy }: Settled, { given }: Shown): string[] {
  const [told, counted] = [approvedBy, given].map((names) => names.map((one) => one.toLowerCase()).sort());
  if (String([...new Set(told)]) === String(counted)) return [];
  return [`${name} of ${target} counts [${counted}], and those who were told so are [${told}]`];
}
