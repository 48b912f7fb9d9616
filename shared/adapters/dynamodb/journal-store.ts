import { TransientError } from '../../errors/errors.ts';
import type { Journal, Journals } from '../../gitops/journal.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

const FIRST: Journal = { epoch: 0, tip: null, entries: [], pushes: [] };

/** The batch journal: one item per branch, each write conditional on the epoch before it. */
export function journalStore(table: TableClient): Journals {
  return {
    async read({ url, branch }) {
      const item = await table.get(keys.journal(url, branch));
      return item ? (item['journal'] as Journal) : FIRST;
    },
    async replace({ url, branch }, previous, next) {
      const journal: Journal = { ...next, epoch: previous.epoch + 1 };
      const isFirst = previous.epoch === 0;
      const replaced = await table.put(
        keys.journal(url, branch),
        { journal },
        { notAudited: 'the releases that are written say so' },
        isFirst
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#journal.#epoch = :epoch',
              ExpressionAttributeNames: { '#journal': 'journal', '#epoch': 'epoch' },
              ExpressionAttributeValues: { ':epoch': previous.epoch },
            },
      );
      if (replaced) return journal;
      throw new TransientError('journal-taken', `Another writer is at work on ${branch} of ${url}.`);
    },
  };
}
