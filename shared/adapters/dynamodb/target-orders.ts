import type { NotAudited } from '../../audit/event.ts';
import type { PlaceInLine } from '../../release/place-in-line.ts';
import type { RateShare, Targets } from '../../release/ports.ts';
import type { TargetName } from '../../release/release.ts';
import type { OrderAllocation } from '../../release/target.ts';
import { keys } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';
import { GRANTED, indexValues, LINE, NEWEST, placeText, RATE } from './target-item.ts';

type Orders = Pick<
  Targets,
  'allocateAutomatic' | 'allocateManual' | 'allocateNext' | 'allocateAgain' | 'leaveLine'
>;

/** What an order is taken for: an artifact that is the newest of its repository from then on. */
interface ForArtifact {
  readonly repository: string;
  readonly artifactOrder: number;
  /** What it must be compared with the newest that was there. */
  readonly must: 'be newer' | 'not be older';
  /** Whether whoever asks again for the same artifact gets the same order. */
  readonly remembered: boolean;
  readonly rate?: RateShare | undefined;
}

const NEXT_ORDER = 'if_not_exists(lastOrder, :zero) + :one';
const COMPARED = { 'be newer': '<', 'not be older': '<=' } as const;

/** The orders of targets, handed out by conditional updates, so no clock and no lock decides who is newer. */
export class TargetOrders implements Orders {
  protected readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async allocateAutomatic(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
    rate?: RateShare,
  ): Promise<OrderAllocation> {
    const wanted = { repository, artifactOrder, must: 'be newer', remembered: true, rate } as const;
    const order = await this.take(target, place, wanted);
    if (order !== undefined) return { granted: true, order };
    const item = (await this.table.get(keys.target(target))) ?? {};
    const newest = Number(item[NEWEST + repository] ?? 0);
    const granted = Number(item[GRANTED + repository]);
    if (newest < artifactOrder) return takenSince(item);
    const isOurs = newest === artifactOrder && granted > 0;
    return isOurs ? { granted: true, order: granted } : { granted: false, newestArtifactOrder: newest };
  }

  async allocateManual(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
  ): Promise<number> {
    const wanted = { repository, artifactOrder, must: 'be newer', remembered: false } as const;
    return (await this.take(target, place, wanted)) ?? this.allocateNext(target, place);
  }

  async allocateNext(target: TargetName, place?: PlaceInLine): Promise<number> {
    return Number(await this.take(target, place));
  }

  async allocateAgain(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
    rate?: RateShare,
  ): Promise<OrderAllocation> {
    const wanted = { repository, artifactOrder, must: 'not be older', remembered: true, rate } as const;
    const order = await this.take(target, place, wanted);
    if (order !== undefined) return { granted: true, order };
    const item = (await this.table.get(keys.target(target))) ?? {};
    const newest = Number(item[NEWEST + repository] ?? 0);
    return newest <= artifactOrder ? takenSince(item) : { granted: false, newestArtifactOrder: newest };
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

  /** The next order, and with it a place in the line; undefined when a condition for the artifact does not hold. */
  private async take(
    target: TargetName,
    place: PlaceInLine | undefined,
    artifact?: ForArtifact,
  ): Promise<number | undefined> {
    const sets = [`lastOrder = ${NEXT_ORDER}`, 'gsi1pk = :pk', 'gsi1sk = :sk'];
    if (artifact) {
      sets.push('#newest = :artifact', `#granted = ${artifact.remembered ? NEXT_ORDER : ':zero'}`);
    }
    const rate = artifact?.rate;
    if (rate) sets.push(`${RATE} = :until`);
    const item = await this.table.updated(
      keys.target(target),
      {
        UpdateExpression: `SET ${sets.join(', ')}${place ? ` ADD ${LINE} :place` : ''}`,
        ...(artifact && {
          ConditionExpression: conditionFor(artifact),
          ExpressionAttributeNames: {
            '#newest': NEWEST + artifact.repository,
            '#granted': GRANTED + artifact.repository,
          },
        }),
        ExpressionAttributeValues: {
          ':zero': 0,
          ':one': 1,
          ...indexValues(target),
          ...(artifact && { ':artifact': artifact.artifactOrder }),
          ...(rate && { ':until': rate.until }),
          ...(rate?.seen !== undefined && { ':seen': rate.seen }),
          ...(place && { ':place': new Set([placeText(place)]) }),
        },
      },
      ORDER,
    );
    return item && Number(item['lastOrder']);
  }
}

function conditionFor({ must, rate }: ForArtifact): string {
  const isNewEnough = `attribute_not_exists(#newest) OR #newest ${COMPARED[must]} :artifact`;
  if (!rate) return isNewEnough;
  const isSeen = rate.seen === undefined ? `attribute_not_exists(${RATE})` : `${RATE} = :seen`;
  return `(${isNewEnough}) AND ${isSeen}`;
}

/** Nothing newer stands in the way: so it was what others took. */
function takenSince(item: Item): OrderAllocation {
  const until = item[RATE];
  return { granted: false, automationTakenUntil: until === undefined ? undefined : Number(until) };
}

const ORDER: NotAudited = {
  notAudited: 'a counter; the decision or the request that took the order says so',
};
