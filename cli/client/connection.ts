import { UsageError } from '../cli-error.ts';
import type { World } from '../world.ts';

/** Which server to talk to, and as whom. */
export interface Connection {
  /** Without a slash at its end; may have a path. */
  readonly server: string;
  readonly token: string | undefined;
}

export interface ConnectionFlags {
  readonly server?: string;
  readonly token?: string;
}

export function isServerSet(flags: ConnectionFlags, env: World['env']): boolean {
  return Boolean(flags.server || env['GIMLET_SERVER']);
}

/**
 * The server and token to use: the flags, else the environment.
 * @throws UsageError when there is no server, or it is no URL.
 */
export function connectionOf(flags: ConnectionFlags, env: World['env']): Connection {
  const server = flags.server || env['GIMLET_SERVER'];
  if (!server) {
    throw new UsageError('No server is set.', {
      code: 'no-server',
      hint: 'Set GIMLET_SERVER or --server to its URL. A server on this machine: npm start prints its URL and a token.',
    });
  }
  return { server: checkedUrl(server), token: (flags.token || env['GIMLET_TOKEN'])?.trim() || undefined };
}

function checkedUrl(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `The server must be an http or https URL, such as https://gimletd.example.com; got '${server}'.`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('The server must be a plain URL: no user, no query, no fragment.', {
      hint: 'The token goes into GIMLET_TOKEN or --token.',
    });
  }
  return url.href.replace(/\/+$/, '');
}
