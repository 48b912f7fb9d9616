import { type Listener, PortTakenError } from './gateway/listen.ts';
import { readIfPresent, writePrivateFile } from './private-file.ts';

/**
 * Listens on a port and remembers it; for 0 on the one of the last start if it is free, else on any. What is stored
 * names the GitOps repo by its URL, so it is better that a restart does not change it.
 * @throws PortTakenError
 */
export async function listenOn(
  port: number,
  portFile: string,
  start: (port: number) => Promise<Listener>,
): Promise<Listener> {
  const listener = port === 0 ? await onLastPort(portFile, start) : await start(port);
  await writePrivateFile(portFile, `${listener.port}\n`);
  return listener;
}

async function onLastPort(portFile: string, start: (port: number) => Promise<Listener>): Promise<Listener> {
  const last = Number(await readIfPresent(portFile));
  try {
    return await start(last || 0);
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    return start(0);
  }
}
