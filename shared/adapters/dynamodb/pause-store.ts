import type { AuditEvent } from '../../audit/event.ts';
import type { BranchRef } from '../../gitops/git-engine.ts';
import type { Pause, Pauses } from '../../gitops/pause.ts';
import { keys } from './keys.ts';
import { markAttributes } from './mark-attributes.ts';
import type { TableClient } from './table-client.ts';

/** Branches that are left alone for now; a pause carries the mark of its next probe. */
export function pauseStore(table: TableClient): Pauses {
  return {
    async read({ url, branch }) {
      return (await table.get(keys.pause(url, branch)))?.['pause'] as Pause | undefined;
    },
    async put({ url, branch }, pause, mark) {
      const key = keys.pause(url, branch);
      const trail =
        pause.probes > 1
          ? { notAudited: 'still paused' }
          : { ...eventOf({ url, branch }), action: 'repo.pause', outcome: 'paused', reason: pause.reason };
      await table.replace(key, { pause, ...markAttributes(key, mark) }, trail);
    },
    async clear({ url, branch }) {
      await table.update(
        keys.pause(url, branch),
        {
          UpdateExpression: 'REMOVE pause, #mark, duePk, dueSk',
          ConditionExpression: 'attribute_exists(pause)',
          ExpressionAttributeNames: { '#mark': 'mark' },
        },
        { ...eventOf({ url, branch }), action: 'repo.resume', outcome: 'resumed' },
      );
    },
  };
}

function eventOf({ url, branch }: BranchRef): Pick<AuditEvent, 'object' | 'details'> {
  return { object: `repo/${url}#${branch}`, details: { url, branch } };
}
