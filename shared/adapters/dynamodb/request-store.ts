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
    if (await this.table.putNew(key, { request, ...markAttributes(key, mark) })) return request;
    const stored = await this.get(request.id);
    if (!stored) throw new Error(`request ${request.id} exists and can't be read`);
    return stored;
  }

  async get(id: string): Promise<ReleaseRequest | undefined> {
    const item = await this.table.get(keys.request(id));
    return item && requestOf(item);
  }

  async markExecuted(request: ReleaseRequest): Promise<void> {
    await this.table.put(keys.request(request.id), { request: { ...request, state: 'executed' } });
  }
}

function requestOf(item: Item): ReleaseRequest {
  return item['request'] as ReleaseRequest;
}
