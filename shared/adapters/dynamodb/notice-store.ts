import { TABLE } from '../../contract/table.ts';
import type { Mark } from '../../messages/mark.ts';
import type { Delivery } from '../../notification/delivery.ts';
import type { Notice } from '../../notification/notice.ts';
import type { Deliveries, Notices } from '../../notification/ports.ts';
import { keys } from './keys.ts';
import { markAttributes, REMOVE_MARK } from './mark-attributes.ts';
import type { Item, TableClient } from './table-client.ts';

/** Longer than any delivery is tried: whoever asks what was told can look back for so long. */
const KEEP_SECONDS = 30 * 86_400;

const TELLS = { notAudited: 'what is told changes nothing' } as const;

/** What is told, each with the mark that brings it to the channels. */
export function noticeStore(table: TableClient): Notices {
  return {
    async putOnce(notice, mark) {
      const key = keys.notice(notice.id);
      await table.putNew(key, { notice, ...kept(notice), ...markAttributes(key, mark) }, TELLS);
    },
    async get(id) {
      return (await table.get(keys.notice(id)))?.['notice'] as Notice | undefined;
    },
    async markTold(id) {
      await table.update(
        keys.notice(id),
        {
          UpdateExpression: REMOVE_MARK,
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#mark': 'mark' },
        },
        TELLS,
      );
    },
  };
}

/** Notices on their way to a channel, each with the mark of its next attempt. */
export function deliveryStore(table: TableClient): Deliveries {
  return {
    create(delivery, mark) {
      return table.putNew(keyOf(delivery), itemOf(delivery, mark), TELLS);
    },
    async get(noticeId, channel) {
      return (await table.get(keys.delivery(noticeId, channel)))?.['delivery'] as Delivery | undefined;
    },
    replace(seen, next, mark) {
      return table.put(keyOf(seen), itemOf(next, mark), TELLS, {
        ConditionExpression: '#delivery.attempts = :attempts AND #delivery.#state = :pending',
        ExpressionAttributeNames: { '#delivery': 'delivery', '#state': 'state' },
        ExpressionAttributeValues: { ':attempts': seen.attempts, ':pending': 'pending' },
      });
    },
  };
}

function keyOf({ notice, channel }: Delivery) {
  return keys.delivery(notice.id, channel);
}

function itemOf(delivery: Delivery, mark: Mark | undefined): Item {
  return { delivery, ...kept(delivery.notice), ...(mark && markAttributes(keyOf(delivery), mark)) };
}

function kept({ at }: Notice): Item {
  return { [TABLE.expiryAttribute]: Math.floor(at / 1000) + KEEP_SECONDS };
}
