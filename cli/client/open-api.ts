import { jobIdentity } from '../ci/id-token.ts';
import type { Output } from '../output/output.ts';
import type { World } from '../world.ts';
import { ApiClient } from './api-client.ts';
import { type Connection, type ConnectionFlags, connectionOf } from './connection.ts';
import { HttpClient } from './http-client.ts';

/**
 * The API, called with the token that is set; without one, in a CI job, with the job's own identity.
 * @throws UsageError when no server is set; CliError `id-token` when CI does not give the identity.
 */
export async function openApi(flags: ConnectionFlags, world: World, output: Output): Promise<ApiClient> {
  return new ApiClient(
    new HttpClient(await identified(connectionOf(flags, world.env), world, output), world),
  );
}

async function identified(connection: Connection, world: World, output: Output): Promise<Connection> {
  if (connection.token !== undefined) return connection;
  const identity = await jobIdentity(world, connection.server);
  if (identity === undefined) return connection;
  output.say(output.colours.dim(`No token is set: calling with this job's identity (${identity.source}).`));
  return { ...connection, token: identity.token };
}
