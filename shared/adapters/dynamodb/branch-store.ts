import type { AuditEvent } from '../../audit/event.ts';
import type { Mark } from '../../messages/mark.ts';
import { type Branches, type BranchName, type BranchRecord, TOMBSTONE_MS } from '../../release/branch.ts';
import { keys } from './keys.ts';
import { markAttributes, REMOVE_MARK } from './mark-attributes.ts';
import type { Item, TableClient } from './table-client.ts';

const SET_MARK = '#mark = :mark, duePk = :duePk, dueSk = :dueSk';
const NAMES = { '#mark': 'mark' };
const NEXT = 'wakeUps = if_not_exists(wakeUps, :zero) + :one';

/** What is known of source branches: an item each, that goes when nothing is to be known any more. */
export class BranchStore implements Branches {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async get(name: BranchName): Promise<BranchRecord | undefined> {
    const item = await this.table.get(keys.branch(name));
    return item && recordOf(name, item);
  }

  async markDeleted(name: BranchName, at: number, mark: Mark): Promise<void> {
    await this.table.update(
      keys.branch(name),
      {
        UpdateExpression: `SET deletedAt = :at, expiresAt = :expires, ${NEXT}, ${SET_MARK}`,
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: {
          ':at': at,
          ':expires': Math.ceil((at + TOMBSTONE_MS) / 1000),
          ...counting,
          ...markValues(name, mark),
        },
      },
      changed(name, 'delete', 'deleted'),
    );
  }

  async markCreated(name: BranchName): Promise<void> {
    await this.table.update(
      keys.branch(name),
      {
        UpdateExpression: `SET ${NEXT} REMOVE deletedAt, expiresAt, #mark, duePk, dueSk`,
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: counting,
      },
      changed(name, 'create', 'created'),
    );
  }

  async notePreview(name: BranchName, at: number, mark: Mark): Promise<void> {
    await this.table.update(
      keys.branch(name),
      {
        UpdateExpression: `SET lastPreviewAt = :at, ${NEXT}, ${SET_MARK} REMOVE deletedAt, expiresAt`,
        // A tombstone that has expired may be there for days: it says nothing any more.
        ConditionExpression: 'attribute_not_exists(deletedAt) OR expiresAt <= :now',
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: {
          ':at': at,
          ':now': Math.floor(at / 1000),
          ...counting,
          ...markValues(name, mark),
        },
      },
      { notAudited: 'the artifact says so' },
    );
  }

  async schedule(record: BranchRecord, mark: Mark | undefined): Promise<void> {
    await this.table.update(
      keys.branch(record),
      {
        UpdateExpression: mark ? `SET ${SET_MARK}` : REMOVE_MARK,
        ConditionExpression: 'wakeUps = :seen',
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ':seen': record.wakeUps, ...(mark && markValues(record, mark)) },
      },
      { notAudited: 'looked after again' },
    );
  }
}

function changed({ repository, branch }: BranchName, what: string, outcome: string): AuditEvent {
  const object = `branch/${repository}#${branch}`;
  return { action: `branch.${what}`, object, outcome, details: { repository, branch } };
}

const counting = { ':zero': 0, ':one': 1 };

function markValues(name: BranchName, mark: Mark): Item {
  const { duePk, dueSk } = markAttributes(keys.branch(name), mark);
  return { ':mark': mark, ':duePk': duePk, ':dueSk': dueSk };
}

function recordOf({ repository, branch }: BranchName, item: Item): BranchRecord {
  const { deletedAt, lastPreviewAt, wakeUps } = item;
  return {
    repository,
    branch,
    wakeUps: Number(wakeUps ?? 0),
    ...(deletedAt !== undefined && { deletedAt: Number(deletedAt) }),
    ...(lastPreviewAt !== undefined && { lastPreviewAt: Number(lastPreviewAt) }),
  };
}
