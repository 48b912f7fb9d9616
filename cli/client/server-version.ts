import { describeAnswer } from '../../shared/contract/answers.ts';
import { CliError } from '../cli-error.ts';
import type { World } from '../world.ts';
import { type ConnectionFlags, connectionOf } from './connection.ts';
import { HttpClient, type Patience } from './http-client.ts';

/** What the server says of itself, or why it says nothing. */
export interface ServerVersion {
  /** None, when what is set is no URL of a server. */
  readonly url?: string;
  readonly version?: string;
  readonly error?: string;
}

/** Whoever asks for a version wants it now. */
const ONCE: Patience = { attempts: 1, attemptMs: 2_000 };

/** Asks the server that is set for its version. Never throws: it may well be away. */
export async function serverVersion(flags: ConnectionFlags, world: World): Promise<ServerVersion> {
  let url = '';
  try {
    url = connectionOf(flags, world.env).server;
    const client = new HttpClient({ server: url, token: undefined }, world, ONCE);
    const described = describeAnswer.safeParse((await client.call({ operation: 'describe' })).body);
    if (described.success) return { url, version: described.data.version };
    return { url, error: `${url} did not answer as a GimletD server does.` };
  } catch (error) {
    if (error instanceof CliError) return { ...(url !== '' && { url }), error: error.message };
    throw error;
  }
}
