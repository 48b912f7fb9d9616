import type { AuditEvent, NotAudited } from '../../audit/event.ts';
import type { Mark } from '../../messages/mark.ts';
import type { Notice } from '../../notification/notice.ts';
import type { Hold } from '../../policy/gates.ts';
import type { DriftRecords, HeldTargets, LiftOptions, Targets, WaitOutcome } from '../../release/ports.ts';
import type { TargetName } from '../../release/release.ts';
import type { Drift, RunningRelease, Target, WaitingArtifact } from '../../release/target.ts';
import { targetMark } from '../../release/target-mark.ts';
import type { PastRollback } from '../../release/undone.ts';
import { keys, partitions } from './keys.ts';
import { markAttributes } from './mark-attributes.ts';
import type { Item } from './table-client.ts';
import { FORGOTTEN, indexValues, NOTICE, nameOf, toTarget, WAITING } from './target-item.ts';
import { TargetOrders } from './target-orders.ts';

const SET_MARK =
  '#mark = :mark, duePk = :duePk, dueSk = :dueSk, wakeUps = if_not_exists(wakeUps, :zero) + :one';
/** What was forgotten does not wait for the same once more. */
const NOT_FORGOTTEN =
  '(attribute_not_exists(#forgotten) OR #forgotten.artifactId <> :artifact OR #forgotten.waitsFor.#id <> :gate)';
const SET_HELD = 'gsi2pk = :held, gsi2sk = :heldSk';

/** One item per target: its orders, its hold, what waits for it, what runs. */
export class TargetStore extends TargetOrders implements Targets, DriftRecords, HeldTargets {
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

  async listOf(env: string, after?: string): Promise<Target[]> {
    const query = {
      index: 'gsi1',
      partition: partitions.targetsOfEnvironment(env),
      newestFirst: false,
      ...(after !== undefined && { after }),
    } as const;
    const targets: Target[] = [];
    for await (const item of this.table.query(query)) {
      targets.push(toTarget({ app: String(item['gsi1sk']), env }, item));
    }
    return targets;
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
    const dropped = Object.keys(waiting).flatMap((repository, index) => [
      [`#w${index}`, WAITING + repository],
      [`#f${index}`, FORGOTTEN + repository],
    ]);
    const forgotten = Object.values(waiting).map((one, index) => [`:f${index}`, one]);
    const waking = mark && markUpdate(target, mark);
    const sets = [
      ...(previous ? ['#hold = :previous'] : []),
      ...(waking ? [SET_MARK] : []),
      ...(notice ? ['#notice = :notice'] : []),
      ...forgotten.map((_, index) => `#f${index} = :f${index}`),
    ];
    const removes = [
      ...(previous ? [] : ['#hold']),
      ...forgotten.map((_, index) => `#w${index}`),
      ...(unsay ? ['#unsay'] : []),
    ];
    const values = {
      ':id': holdId,
      ...(previous && { ':previous': previous }),
      ...(notice && { ':notice': notice }),
      ...waking?.values,
      ...Object.fromEntries(forgotten),
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

  async wait(
    target: TargetName,
    repository: string,
    waiting: WaitingArtifact,
    mark: Mark,
  ): Promise<WaitOutcome> {
    const { names, values } = markUpdate(target, mark);
    const waits = await this.table.updated(
      keys.target(target),
      {
        UpdateExpression: `SET #waiting = :waiting, gsi1pk = :pk, gsi1sk = :sk, ${SET_HELD}, ${SET_MARK}`,
        ConditionExpression: `(attribute_not_exists(#waiting) OR #waiting.#order <= :order) AND ${NOT_FORGOTTEN}`,
        ExpressionAttributeNames: {
          '#waiting': WAITING + repository,
          '#forgotten': FORGOTTEN + repository,
          '#order': 'artifactOrder',
          '#id': 'id',
          ...names,
        },
        ExpressionAttributeValues: {
          ':waiting': waiting,
          ':order': waiting.artifactOrder,
          ':artifact': waiting.artifactId,
          ':gate': waiting.waitsFor.id,
          ...indexValues(target),
          ...heldValues(target),
          ...values,
        },
      },
      WAITS,
    );
    if (waits) return 'waits';
    const item = await this.table.get(keys.target(target));
    const forgotten = item?.[FORGOTTEN + repository] as WaitingArtifact | undefined;
    const isIt =
      forgotten?.artifactId === waiting.artifactId && forgotten.waitsFor.id === waiting.waitsFor.id;
    return isIt ? 'forgotten' : 'superseded';
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
}

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
