import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Listener, listen, type RequestHandler } from './listen.ts';

export interface GatewayOptions {
  readonly port: number;
  /** Answers everything that no mount takes. */
  readonly api: RequestHandler;
  /** What is served beside the API, by the beginning of its path, e.g. `/git/`. */
  readonly mounts: Readonly<Record<string, RequestHandler>>;
  readonly report: (problem: string) => void;
}

/**
 * The one port that people and programs talk to.
 * @throws PortTakenError
 */
export function startGateway({ port, api, mounts, report }: GatewayOptions): Promise<Listener> {
  const prefixes = Object.entries(mounts);
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const mounted = prefixes.find(([prefix]) => request.url?.startsWith(prefix));
    return (mounted?.[1] ?? api)(request, response);
  };
  return listen(port, handle, report);
}
