import type { IncomingMessage } from 'node:http';

/** Calls `act` when a request ends before all of its body was read: whoever pipes it would wait for the rest for good. */
export function whenCutShort(request: IncomingMessage, act: () => void): void {
  const actUnlessRead = () => {
    if (!request.readableEnded) act();
  };
  if (request.destroyed) actUnlessRead();
  request.once('close', actUnlessRead);
  request.once('error', actUnlessRead);
}
