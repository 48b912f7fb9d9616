import type { Notice } from '../../notification/notice.ts';
import type { Hold } from '../../policy/gates.ts';
import type { PlaceInLine } from '../../release/place-in-line.ts';
import type { TargetName } from '../../release/release.ts';
import type { Drift, RunningRelease, Target, WaitingArtifact } from '../../release/target.ts';
import type { PastRollback } from '../../release/undone.ts';
import { partitions } from './keys.ts';
import type { Item } from './table-client.ts';

/** Attribute that keeps the order of the newest artifact of a repository that was released to the target. */
export const NEWEST = 'newestArtifact:';
/** Attribute that keeps which order that artifact's automatic release got; 0 when it was released by hand. */
export const GRANTED = 'grantedOrder:';

/** Attribute that keeps what of a repository waits. */
export const WAITING = 'waiting:';
/** Attribute that keeps what of a repository waited, when that was forgotten last. */
export const FORGOTTEN = 'forgotten:';

/** Attribute that keeps, as a set, the places of releases that are each to be written. */
export const LINE = 'placesInLine';

/** Attribute that keeps until when automatic releases have taken what they may. */
export const RATE = 'automationTakenUntil';

/** Attribute that keeps what is to be told, until that is handed on. */
export const NOTICE = 'notice:';

export function placeText({ releaseId, takenAt }: PlaceInLine): string {
  return `${takenAt}#${releaseId}`;
}

function placeOf(text: string): PlaceInLine {
  const end = text.indexOf('#');
  return { takenAt: Number(text.slice(0, end)), releaseId: text.slice(end + 1) };
}

/** What `gsi1pk = :pk, gsi1sk = :sk` asks for. */
export function indexValues({ app, env }: TargetName): Item {
  return { ':pk': partitions.targetsOfEnvironment(env), ':sk': app };
}

export function nameOf(item: Item): TargetName {
  return { app: String(item['pk']).slice('APP#'.length), env: String(item['sk']).slice('ENV#'.length) };
}

export function toTarget({ app, env }: TargetName, item: Item): Target {
  const artifactOrders = Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name.startsWith(NEWEST))
      .map(([name, order]) => [name.slice(NEWEST.length), Number(order)]),
  );
  return {
    app,
    env,
    lastOrder: Number(item['lastOrder'] ?? 0),
    artifactOrders,
    ...(item['hold'] !== undefined && { hold: item['hold'] as Hold }),
    ...(item[RATE] !== undefined && { automationTakenUntil: Number(item[RATE]) }),
    ...(item['running'] !== undefined && { running: item['running'] as RunningRelease }),
    rollbacks: (item['rollbacks'] ?? []) as PastRollback[],
    ...(item['drift'] !== undefined && { drift: item['drift'] as Drift }),
    waiting: Object.fromEntries(
      Object.entries(item)
        .filter(([name]) => name.startsWith(WAITING))
        .map(([name, waiting]) => [name.slice(WAITING.length), waiting as WaitingArtifact]),
    ),
    line: [...((item[LINE] as ReadonlySet<string> | undefined) ?? [])].map(placeOf),
    notices: Object.entries(item).flatMap(([name, notice]) =>
      name.startsWith(NOTICE) ? [notice as Notice] : [],
    ),
    wakeUps: Number(item['wakeUps'] ?? 0),
  };
}
