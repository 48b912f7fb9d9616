/** A call that a receiver had in full. */
export interface ToldCall {
  readonly channel: string;
  /** Of what it was told: the same whenever that is told again. */
  readonly id: string;
  readonly body: string;
  readonly isSigned: boolean;
  /** `taken`: and it said so; else it said that it did not take it, or hung up without a word. */
  readonly answer: 'taken' | 'refused' | 'none';
}

/** What a channel is to be told. */
export interface Subscription {
  readonly name: string;
  /** `release.released` … */
  readonly events: readonly string[];
  /** All when left out. */
  readonly environments?: readonly string[];
}

/** How a release ended. */
export interface Ended {
  readonly id: string;
  readonly env: string;
  /** `released`, `rejected` … */
  readonly state: string;
}

export interface NoticeVerdict {
  /** Endings that a channel wants and never took. */
  readonly untold: readonly string[];
  /** What must not be told, or not so. */
  readonly wrong: readonly string[];
  /** Calls in all, notices taken by a channel, and how often one was taken again. */
  readonly calls: number;
  readonly taken: number;
  readonly takenAgain: number;
}

/** What a delivery is given up after, as the docs promise. */
const MOST_ATTEMPTS = 10;
/** Of a release that has not ended. */
const WAITING = 'release.waiting';

interface Read extends ToldCall {
  readonly type: string;
  readonly releaseId: string | undefined;
  readonly env: string | undefined;
}

/** Judges by what the receiver had, and by how each release ended. Being told twice is allowed, and counted. */
export function judgeNotices(
  calls: readonly ToldCall[],
  channels: readonly Subscription[],
  ended: readonly Ended[],
): NoticeVerdict {
  const read = calls.map(readCall);
  const perChannel = [...Map.groupBy(read, ({ channel, id }) => `${id} to ${channel}`)];
  const taken = perChannel.map(([, group]) => group.filter(({ answer }) => answer === 'taken').length);
  return {
    untold: findUntold(read, channels, ended),
    wrong: [
      ...read
        .filter(({ isSigned }) => !isSigned)
        .map(({ id }) => `${id} came without a signature that holds`),
      ...findAmbiguous(read),
      ...findUnwanted(read, channels),
      ...findUntrue(read, ended),
      ...perChannel
        .filter(([, group]) => group.length > MOST_ATTEMPTS)
        .map(([what, group]) => `${what} was attempted ${group.length} times`),
    ],
    calls: calls.length,
    taken: taken.filter((times) => times > 0).length,
    takenAgain: taken.reduce((sum, times) => sum + Math.max(times - 1, 0), 0),
  };
}

function readCall(call: ToldCall): Read {
  const { type, data } = JSON.parse(call.body) as {
    readonly type: string;
    readonly data: { readonly releaseId?: string; readonly env?: string };
  };
  return { ...call, type, releaseId: data.releaseId, env: data.env };
}

function findUntold(
  calls: readonly Read[],
  channels: readonly Subscription[],
  ended: readonly Ended[],
): string[] {
  const named = ({ channel, type, releaseId }: Pick<Read, 'channel' | 'type' | 'releaseId'>) =>
    `${channel} ${type} ${releaseId}`;
  const taken = new Set(calls.filter(({ answer }) => answer === 'taken').map(named));
  return channels.flatMap((channel) =>
    ended
      .map(({ id, env, state }) => ({ channel: channel.name, type: `release.${state}`, releaseId: id, env }))
      .filter((wanted) => isWanted(channel, wanted) && !taken.has(named(wanted)))
      .map(({ releaseId, type }) => `${channel.name} never took ${type} of ${releaseId}`),
  );
}

function isWanted(
  { events, environments }: Subscription,
  { type, env }: { readonly type: string; readonly env: string | undefined },
): boolean {
  if (!events.includes(type)) return false;
  return environments === undefined || env === undefined || environments.includes(env);
}

/** One thing has one id, and an id says one thing. */
function findAmbiguous(calls: readonly Read[]): string[] {
  const bodies = [...Map.groupBy(calls, ({ id }) => id)]
    .filter(([, group]) => new Set(group.map(({ body }) => body)).size > 1)
    .map(([id]) => `${id} says one thing and then another`);
  const ofReleases = calls.filter(({ releaseId }) => releaseId !== undefined);
  const ids = [...Map.groupBy(ofReleases, ({ type, releaseId }) => `${type} of ${releaseId}`)]
    .map(([what, group]) => [what, new Set(group.map(({ id }) => id))] as const)
    .filter(([, group]) => group.size > 1)
    .map(([what, group]) => `${what} is told as ${[...group].join(' and as ')}`);
  return [...bodies, ...ids];
}

function findUnwanted(calls: readonly Read[], channels: readonly Subscription[]): string[] {
  return calls.flatMap((call) => {
    const channel = channels.find(({ name }) => name === call.channel);
    if (channel !== undefined && isWanted(channel, call)) return [];
    return [`${call.channel} is told ${call.type} (${call.id}), which it does not want`];
  });
}

function findUntrue(calls: readonly Read[], ended: readonly Ended[]): string[] {
  const states = new Map(ended.map(({ id, state }) => [id, state]));
  return calls.flatMap(({ type, id, releaseId }) => {
    if (releaseId === undefined || type === WAITING) return [];
    const state = states.get(releaseId);
    if (type === `release.${state}`) return [];
    return [`${id} tells ${type} of ${releaseId}, which ${state ? `is ${state}` : 'has not ended'}`];
  });
}
