import type { AuditEvent } from '../../audit/event.ts';
import type { Mark } from '../../messages/mark.ts';
import type { Requests } from '../../release/ports.ts';
import type { ReleaseRequest } from '../../release/request.ts';
import { keys } from './keys.ts';
import { markAttributes } from './mark-attributes.ts';
import type { Item, TableClient } from './table-client.ts';

/** What people asked for; each is put once, and only its state changes. */
export class RequestStore implements Requests {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async putOnce(request: ReleaseRequest, mark: Mark): Promise<ReleaseRequest> {
    const key = keys.request(request.id);
    if (await this.table.putNew(key, { request, ...markAttributes(key, mark) }, asked(request)))
      return request;
    const stored = await this.get(request.id);
    if (!stored) throw new Error(`request ${request.id} exists and can't be read`);
    return stored;
  }

  async get(id: string): Promise<ReleaseRequest | undefined> {
    const item = await this.table.get(keys.request(id));
    return item && requestOf(item);
  }

  async markExecuted(request: ReleaseRequest): Promise<void> {
    const executed: ReleaseRequest = { ...request, state: 'executed' };
    await this.table.replace(
      keys.request(request.id),
      { request: executed },
      { ...eventOf(executed), action: 'request.execute' },
    );
  }
}

/** The entry of a new request. */
function asked(request: ReleaseRequest): AuditEvent {
  return { ...eventOf(request), action: `request.${request.kind}`, actor: request.triggeredBy };
}

function eventOf({
  id,
  state,
  env,
  app,
  overrideFreeze,
  targets,
}: ReleaseRequest): Omit<AuditEvent, 'action'> {
  return {
    object: `request/${id}`,
    outcome: state,
    env,
    ...(app !== undefined && { app }),
    ...(overrideFreeze !== undefined && { reason: `in spite of a freeze: ${overrideFreeze}` }),
    details: { releases: targets.length },
  };
}

function requestOf(item: Item): ReleaseRequest {
  return item['request'] as ReleaseRequest;
}
