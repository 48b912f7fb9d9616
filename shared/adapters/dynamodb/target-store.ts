import type { Hold } from '../../policy/gates.ts';
import type { DriftRecords, Targets } from '../../release/ports.ts';
import type { TargetName } from '../../release/release.ts';
import type { Drift, OrderAllocation, RunningRelease, Target } from '../../release/target.ts';
import { keys, partitions } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/** Attribute that keeps the order of the newest artifact of a repository that was released to the target. */
const NEWEST = 'newestArtifact:';
/** Attribute that keeps which order that artifact's automatic release got; 0 when it was released by hand. */
const GRANTED = 'grantedOrder:';

const IS_NEWEST = '(attribute_not_exists(#newest) OR #newest < :artifact)';
const NEXT_ORDER = 'if_not_exists(lastOrder, :zero) + :one';

/** One item per target. Its orders are handed out by conditional updates, so no clock and no lock decides who is newer. */
export class TargetStore implements Targets, DriftRecords {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async get(target: TargetName): Promise<Target> {
    const item = await this.table.get(keys.target(target));
    return toTarget(target, item ?? {});
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
  ): Promise<OrderAllocation> {
    const order = await this.takeAsNewest(target, repository, artifactOrder, true);
    if (order !== undefined) return { granted: true, order };
    const item = (await this.table.get(keys.target(target))) ?? {};
    const newest = Number(item[NEWEST + repository]);
    const granted = Number(item[GRANTED + repository]);
    const isOurs = newest === artifactOrder && granted > 0;
    return isOurs ? { granted: true, order: granted } : { granted: false, newestArtifactOrder: newest };
  }

  async allocateManual(target: TargetName, repository: string, artifactOrder: number): Promise<number> {
    const order = await this.takeAsNewest(target, repository, artifactOrder, false);
    return order ?? this.takeNext(target);
  }

  async hold(target: TargetName, hold: Hold): Promise<void> {
    await this.table.update(keys.target(target), {
      UpdateExpression: 'SET #hold = :hold, gsi1pk = :pk, gsi1sk = :sk',
      ExpressionAttributeNames: { '#hold': 'hold' },
      ExpressionAttributeValues: { ':hold': hold, ...indexValues(target) },
    });
  }

  recordWritten(target: TargetName, running: RunningRelease): Promise<boolean> {
    return this.table.update(keys.target(target), {
      UpdateExpression: 'SET running = :running, gsi1pk = :pk, gsi1sk = :sk REMOVE drift',
      ConditionExpression: 'attribute_not_exists(running) OR running.#order < :order',
      ExpressionAttributeNames: { '#order': 'order' },
      ExpressionAttributeValues: { ':running': running, ':order': running.order, ...indexValues(target) },
    });
  }

  noteDrift(target: TargetName, running: RunningRelease, drift: Drift | undefined): Promise<boolean> {
    return this.table.update(keys.target(target), {
      UpdateExpression: drift === undefined ? 'REMOVE drift' : 'SET drift = :drift',
      ConditionExpression: 'running.releaseId = :release',
      ExpressionAttributeValues: {
        ':release': running.releaseId,
        ...(drift !== undefined && { ':drift': drift }),
      },
    });
  }

  /** Takes what was found in the directory for what is wanted there; false when that changed meanwhile. */
  adoptDrift(target: TargetName, { tree }: Drift): Promise<boolean> {
    return this.table.update(keys.target(target), {
      UpdateExpression: 'SET running.#tree = :tree REMOVE drift',
      ConditionExpression: 'drift.#tree = :tree',
      ExpressionAttributeNames: { '#tree': 'tree' },
      ExpressionAttributeValues: { ':tree': tree },
    });
  }

  /** The next order, if the artifact is newer than any of its repository that was released here; else undefined. */
  private async takeAsNewest(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    automatic: boolean,
  ): Promise<number | undefined> {
    const granted = automatic ? NEXT_ORDER : ':zero';
    const item = await this.table.updated(keys.target(target), {
      UpdateExpression: `SET lastOrder = ${NEXT_ORDER}, #newest = :artifact, #granted = ${granted}, gsi1pk = :pk, gsi1sk = :sk`,
      ConditionExpression: IS_NEWEST,
      ExpressionAttributeNames: { '#newest': NEWEST + repository, '#granted': GRANTED + repository },
      ExpressionAttributeValues: {
        ':artifact': artifactOrder,
        ':zero': 0,
        ':one': 1,
        ...indexValues(target),
      },
    });
    return item && Number(item['lastOrder']);
  }

  private async takeNext(target: TargetName): Promise<number> {
    const item = await this.table.updated(keys.target(target), {
      UpdateExpression: `SET lastOrder = ${NEXT_ORDER}, gsi1pk = :pk, gsi1sk = :sk`,
      ExpressionAttributeValues: { ':zero': 0, ':one': 1, ...indexValues(target) },
    });
    return Number(item?.['lastOrder']);
  }
}

function indexValues({ app, env }: TargetName): Item {
  return { ':pk': partitions.targetsOfEnvironment(env), ':sk': app };
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
    ...(item['drift'] !== undefined && { drift: item['drift'] as Drift }),
  };
}
