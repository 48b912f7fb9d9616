import type { World } from '../world.ts';
import { ApiClient } from './api-client.ts';
import { type ConnectionFlags, connectionOf } from './connection.ts';
import { HttpClient } from './http-client.ts';

/** @throws UsageError when no server is set. */
export function openApi(flags: ConnectionFlags, world: World): ApiClient {
  return new ApiClient(new HttpClient(connectionOf(flags, world.env), world));
}
