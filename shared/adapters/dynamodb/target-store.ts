import type { AuditEvent, NotAudited } from '../../audit/event.ts';
import type { Mark } from '../../messages/mark.ts';
import type { Notice } from '../../notification/notice.ts';
import type { Hold } from '../../policy/gates.ts';
import type { PlaceInLine } from '../../release/place-in-line.ts';
import type { DriftRecords, HeldTargets, LiftOptions, Targets } from '../../release/ports.ts';
import type { TargetName } from '../../release/release.ts';
import type {
  Drift,
  OrderAllocation,
  RunningRelease,
  Target,
  WaitingArtifact,
} from '../../release/target.ts';
import { targetMark } from '../../release/target-mark.ts';
import type { PastRollback } from '../../release/undone.ts';
import { keys, partitions } from './keys.ts';
import { markAttributes } from './mark-attributes.ts';
import type { Item, TableClient } from './table-client.ts';

/** Attribute that keeps the order of the newest artifact of a repository that was released to the target. */
const NEWEST = 'newestArtifact:';
/** Attribute that keeps which order that artifact's automatic release got; 0 when it was released by hand. */
const GRANTED = 'grantedOrder:';

/** Attribute that keeps what of a repository waits. */
const WAITING = 'waiting:';

/** Attribute that keeps, as a set, the places of releases that are each to be written. */
const LINE = 'placesInLine';

/** Attribute that keeps what is to be told, until that is handed on. */
const NOTICE = 'notice:';

const IS_NEWEST = '(attribute_not_exists(#newest) OR #newest < :artifact)';
const NEXT_ORDER = 'if_not_exists(lastOrder, :zero) + :one';
const SET_MARK =
  '#mark = :mark, duePk = :duePk, dueSk = :dueSk, wakeUps = if_not_exists(wakeUps, :zero) + :one';
const SET_HELD = 'gsi2pk = :held, gsi2sk = :heldSk';

/** One item per target. Its orders are handed out by conditional updates, so no clock and no lock decides who is newer. */
export class TargetStore implements Targets, DriftRecords, HeldTargets {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async get(target: TargetName): Promise<Target> {
    const item = await this.table.get(keys.target(target));
    return toTarget(target, item ?? {});
  }

  async getMany(targets: readonly TargetName[]): Promise<Target[]> {
    const wanted = new Map(targets.map(({ app, env }) => [JSON.stringify([env, app]), { app, env }]));
    const items = await this.table.getMany([...wanted.values()].map((target) => keys.target(target)));
    return items.map((item) => toTarget(nameOf(item), item));
  }

  async listHeld(): Promise<Target[]> {
    const query = { index: 'gsi2', partition: partitions.heldTargets(), newestFirst: false } as const;
    const targets: Target[] = [];
    for await (const item of this.table.query(query)) targets.push(toTarget(nameOf(item), item));
    return targets;
  }

  async listOf(env: string): Promise<Target[]> {
    const query = {
      index: 'gsi1',
      partition: partitions.targetsOfEnvironment(env),
      newestFirst: false,
    } as const;
    const targets: Target[] = [];
    for await (const item of this.table.query(query)) {
      targets.push(toTarget({ app: String(item['gsi1sk']), env }, item));
    }
    return targets;
  }

  async allocateAutomatic(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
  ): Promise<OrderAllocation> {
    const order = await this.takeAsNewest(target, repository, artifactOrder, { automatic: true, place });
    if (order !== undefined) return { granted: true, order };
    const item = (await this.table.get(keys.target(target))) ?? {};
    const newest = Number(item[NEWEST + repository]);
    const granted = Number(item[GRANTED + repository]);
    const isOurs = newest === artifactOrder && granted > 0;
    return isOurs ? { granted: true, order: granted } : { granted: false, newestArtifactOrder: newest };
  }

  async allocateManual(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
  ): Promise<number> {
    const order = await this.takeAsNewest(target, repository, artifactOrder, { automatic: false, place });
    return order ?? this.allocateNext(target, place);
  }

  async allocateNext(target: TargetName, place?: PlaceInLine): Promise<number> {
    const line = lineUp(place);
    const item = await this.table.updated(
      keys.target(target),
      {
        UpdateExpression: `SET lastOrder = ${NEXT_ORDER}, gsi1pk = :pk, gsi1sk = :sk${line.add}`,
        ExpressionAttributeValues: { ':zero': 0, ':one': 1, ...indexValues(target), ...line.values },
      },
      ORDER,
    );
    return Number(item?.['lastOrder']);
  }

  async allocateAgain(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
  ): Promise<OrderAllocation> {
    const line = lineUp(place);
    const item = await this.table.updated(
      keys.target(target),
      {
        UpdateExpression: `SET lastOrder = ${NEXT_ORDER}, #newest = :artifact, #granted = ${NEXT_ORDER}, gsi1pk = :pk, gsi1sk = :sk${line.add}`,
        ConditionExpression: 'attribute_not_exists(#newest) OR #newest <= :artifact',
        ExpressionAttributeNames: { '#newest': NEWEST + repository, '#granted': GRANTED + repository },
        ExpressionAttributeValues: {
          ':artifact': artifactOrder,
          ':zero': 0,
          ':one': 1,
          ...indexValues(target),
          ...line.values,
        },
      },
      ORDER,
    );
    if (item) return { granted: true, order: Number(item['lastOrder']) };
    const { artifactOrders } = await this.get(target);
    return { granted: false, newestArtifactOrder: artifactOrders[repository] ?? 0 };
  }

  async leaveLine(target: TargetName, places: readonly PlaceInLine[]): Promise<void> {
    await this.table.update(
      keys.target(target),
      {
        UpdateExpression: `DELETE ${LINE} :places`,
        ExpressionAttributeValues: { ':places': new Set(places.map(placeText)) },
      },
      ORDER,
    );
  }

  async hold(target: TargetName, hold: Hold, mark?: Mark, notice?: Notice): Promise<void> {
    const waking = mark && markUpdate(target, mark);
    const sets = ['#hold = :hold', 'gsi1pk = :pk', 'gsi1sk = :sk', SET_HELD];
    if (waking) sets.push(SET_MARK);
    if (notice) sets.push('#notice = :notice');
    await this.table.update(
      keys.target(target),
      {
        UpdateExpression: `SET ${sets.join(', ')}`,
        ExpressionAttributeNames: {
          '#hold': 'hold',
          ...waking?.names,
          ...(notice && { '#notice': NOTICE + notice.id }),
        },
        ExpressionAttributeValues: {
          ':hold': hold,
          ...indexValues(target),
          ...heldValues(target),
          ...waking?.values,
          ...(notice && { ':notice': notice }),
        },
      },
      held(target, hold),
    );
  }

  async liftHold(
    target: TargetName,
    holdId: string,
    { previous, drop, mark, notice, unsay }: LiftOptions = {},
  ): Promise<boolean> {
    const { waiting } = drop ? await this.get(target) : { waiting: {} };
    const dropped = Object.keys(waiting).map((repository, index) => [`#w${index}`, WAITING + repository]);
    const waking = mark && markUpdate(target, mark);
    const sets = [
      ...(previous ? ['#hold = :previous'] : []),
      ...(waking ? [SET_MARK] : []),
      ...(notice ? ['#notice = :notice'] : []),
    ];
    const removes = [
      ...(previous ? [] : ['#hold']),
      ...dropped.map(([name]) => name),
      ...(unsay ? ['#unsay'] : []),
    ];
    const values = {
      ':id': holdId,
      ...(previous && { ':previous': previous }),
      ...(notice && { ':notice': notice }),
      ...waking?.values,
    };
    return this.table.update(
      keys.target(target),
      {
        UpdateExpression: [
          ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
          ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: `#hold.#id = :id${unsay ? ' AND attribute_exists(#unsay)' : ''}`,
        ExpressionAttributeNames: {
          '#hold': 'hold',
          '#id': 'id',
          ...Object.fromEntries(dropped),
          ...waking?.names,
          ...(notice && { '#notice': NOTICE + notice.id }),
          ...(unsay && { '#unsay': NOTICE + unsay }),
        },
        ExpressionAttributeValues: values,
      },
      lifted(target, holdId, previous, drop),
    );
  }

  async forgetNotice(target: TargetName, noticeId: string): Promise<void> {
    await this.table.update(
      keys.target(target),
      {
        UpdateExpression: 'REMOVE #notice',
        ExpressionAttributeNames: { '#notice': NOTICE + noticeId },
      },
      CARE,
    );
  }

  wait(target: TargetName, repository: string, waiting: WaitingArtifact, mark: Mark): Promise<boolean> {
    const { names, values } = markUpdate(target, mark);
    return this.table.update(
      keys.target(target),
      {
        UpdateExpression: `SET #waiting = :waiting, gsi1pk = :pk, gsi1sk = :sk, ${SET_HELD}, ${SET_MARK}`,
        ConditionExpression: 'attribute_not_exists(#waiting) OR #waiting.#order <= :order',
        ExpressionAttributeNames: { '#waiting': WAITING + repository, '#order': 'artifactOrder', ...names },
        ExpressionAttributeValues: {
          ':waiting': waiting,
          ':order': waiting.artifactOrder,
          ...indexValues(target),
          ...heldValues(target),
          ...values,
        },
      },
      WAITS,
    );
  }

  async stopWaiting(target: TargetName, repository: string, waiting: WaitingArtifact): Promise<void> {
    await this.table.update(
      keys.target(target),
      {
        UpdateExpression: 'REMOVE #waiting',
        ConditionExpression: '#waiting.artifactId = :artifact AND #waiting.waitsFor.#id = :gate',
        ExpressionAttributeNames: { '#waiting': WAITING + repository, '#id': 'id' },
        ExpressionAttributeValues: { ':artifact': waiting.artifactId, ':gate': waiting.waitsFor.id },
      },
      WAITS,
    );
  }

  async wake(target: TargetName, mark: Mark, options?: { readonly promotes: true }): Promise<void> {
    const { names, values } = markUpdate(target, mark);
    const promotes = options?.promotes === true;
    await this.table.update(
      keys.target(target),
      {
        UpdateExpression: `SET gsi1pk = :pk, gsi1sk = :sk, ${SET_MARK}${promotes ? ', promotes = :true' : ''}`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ...indexValues(target), ...values, ...(promotes && { ':true': true }) },
      },
      CARE,
    );
  }

  async schedule(target: Target, mark: Mark | undefined, promotes: boolean): Promise<void> {
    const waking = mark && markUpdate(target, mark);
    const held = target.hold !== undefined || Object.keys(target.waiting).length > 0;
    const sets = [...(waking ? [SET_MARK] : []), ...(promotes ? ['promotes = :true'] : [])];
    const removes = [
      ...(waking ? [] : ['#mark', 'duePk', 'dueSk']),
      ...(promotes ? [] : ['promotes']),
      ...(held ? [] : ['gsi2pk', 'gsi2sk']),
    ];
    await this.table.update(
      keys.target(target),
      {
        UpdateExpression: [
          ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
          ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: 'attribute_not_exists(wakeUps) OR wakeUps = :seen',
        ...((waking || removes.includes('#mark')) && { ExpressionAttributeNames: { '#mark': 'mark' } }),
        ExpressionAttributeValues: {
          ':seen': target.wakeUps,
          ...waking?.values,
          ...(promotes && { ':true': true }),
        },
      },
      CARE,
    );
  }

  async recordWritten(
    target: TargetName,
    running: RunningRelease,
    rollbacks?: readonly PastRollback[],
  ): Promise<boolean> {
    const item = await this.table.updated(
      keys.target(target),
      {
        UpdateExpression: `SET running = :running, gsi1pk = :pk, gsi1sk = :sk${rollbacks ? ', rollbacks = :rollbacks' : ''} REMOVE drift`,
        ConditionExpression: 'attribute_not_exists(running) OR running.#order < :order',
        ExpressionAttributeNames: { '#order': 'order' },
        ExpressionAttributeValues: {
          ':running': running,
          ':order': running.order,
          ...indexValues(target),
          ...(rollbacks && { ':rollbacks': rollbacks }),
        },
      },
      { notAudited: 'the release that was written says so' },
    );
    // Also when it was recorded before: whoever did may have died right then.
    const stored = item ?? (await this.table.get(keys.target(target)));
    if (stored?.['promotes'] === true) {
      await this.wake(target, targetMark(target, running.writtenAt, running.writtenAt));
    }
    return item !== undefined;
  }

  noteDrift(target: TargetName, running: RunningRelease, drift: Drift | undefined): Promise<boolean> {
    return this.table.update(
      keys.target(target),
      {
        UpdateExpression: drift === undefined ? 'REMOVE drift' : 'SET drift = :drift',
        ConditionExpression: 'running.releaseId = :release',
        ExpressionAttributeValues: {
          ':release': running.releaseId,
          ...(drift !== undefined && { ':drift': drift }),
        },
      },
      drifted(target, running, drift),
    );
  }

  /** Takes what was found in the directory for what is wanted there; false when that changed meanwhile. */
  adoptDrift(target: TargetName, { tree }: Drift): Promise<boolean> {
    return this.table.update(
      keys.target(target),
      {
        UpdateExpression: 'SET running.#tree = :tree REMOVE drift',
        ConditionExpression: 'drift.#tree = :tree',
        ExpressionAttributeNames: { '#tree': 'tree' },
        ExpressionAttributeValues: { ':tree': tree },
      },
      { ...eventOf(target), action: 'target.adopt', outcome: 'adopted', details: { tree: tree ?? 'none' } },
    );
  }

  /** The next order, if the artifact is newer than any of its repository that was released here; else undefined. */
  private async takeAsNewest(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    { automatic, place }: { readonly automatic: boolean; readonly place: PlaceInLine | undefined },
  ): Promise<number | undefined> {
    const line = lineUp(place);
    const granted = automatic ? NEXT_ORDER : ':zero';
    const item = await this.table.updated(
      keys.target(target),
      {
        UpdateExpression: `SET lastOrder = ${NEXT_ORDER}, #newest = :artifact, #granted = ${granted}, gsi1pk = :pk, gsi1sk = :sk${line.add}`,
        ConditionExpression: IS_NEWEST,
        ExpressionAttributeNames: { '#newest': NEWEST + repository, '#granted': GRANTED + repository },
        ExpressionAttributeValues: {
          ':artifact': artifactOrder,
          ':zero': 0,
          ':one': 1,
          ...indexValues(target),
          ...line.values,
        },
      },
      ORDER,
    );
    return item && Number(item['lastOrder']);
  }
}

const ORDER: NotAudited = {
  notAudited: 'a counter; the decision or the request that took the order says so',
};
const WAITS: NotAudited = { notAudited: 'the decision says what waits, and for what' };
const CARE: NotAudited = { notAudited: 'looked after again' };

function held(target: TargetName, { id, owner, reason, until }: Hold): AuditEvent {
  const details = { hold: id, until };
  return { ...eventOf(target), action: 'target.hold', outcome: 'held', actor: owner, reason, details };
}

/** The entry of a hold that ends: by a person, by time, or because there was no reason for it after all. */
function lifted(target: TargetName, hold: string, previous?: Hold, drop?: true): AuditEvent {
  const details = { hold, previous: previous?.id, dropped: drop };
  return { ...eventOf(target), action: 'target.resume', outcome: previous ? 'held' : 'resumed', details };
}

function drifted(target: TargetName, { releaseId }: RunningRelease, drift: Drift | undefined): AuditEvent {
  const details = { release: releaseId, tree: drift ? (drift.tree ?? 'none') : undefined };
  const outcome = drift ? 'drifted' : 'as released';
  return { ...eventOf(target), action: 'target.drift', outcome, details };
}

function eventOf({ app, env }: TargetName): Pick<AuditEvent, 'object' | 'app' | 'env'> {
  return { object: `target/${env}/${app}`, app, env };
}

/** Takes a place in the line, in the update that takes the order. */
function lineUp(place: PlaceInLine | undefined): { readonly add: string; readonly values: Item } {
  if (place === undefined) return { add: '', values: {} };
  return { add: ` ADD ${LINE} :place`, values: { ':place': new Set([placeText(place)]) } };
}

function placeText({ releaseId, takenAt }: PlaceInLine): string {
  return `${takenAt}#${releaseId}`;
}

function placeOf(text: string): PlaceInLine {
  const end = text.indexOf('#');
  return { takenAt: Number(text.slice(0, end)), releaseId: text.slice(end + 1) };
}

function indexValues({ app, env }: TargetName): Item {
  return { ':pk': partitions.targetsOfEnvironment(env), ':sk': app };
}

function heldValues({ app, env }: TargetName): Item {
  return { ':held': partitions.heldTargets(), ':heldSk': `${env}#${app}` };
}

/** What `SET_MARK` asks for. */
function markUpdate(
  target: TargetName,
  mark: Mark,
): { readonly names: Record<string, string>; readonly values: Item } {
  const { duePk, dueSk } = markAttributes(keys.target(target), mark);
  return {
    names: { '#mark': 'mark' },
    values: { ':mark': mark, ':duePk': duePk, ':dueSk': dueSk, ':zero': 0, ':one': 1 },
  };
}

function nameOf(item: Item): TargetName {
  return { app: String(item['pk']).slice('APP#'.length), env: String(item['sk']).slice('ENV#'.length) };
}

function toTarget({ app, env }: TargetName, item: Item): Target {
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
