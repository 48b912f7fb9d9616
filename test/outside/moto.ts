import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 200;

/** A `moto_server` that runs. */
export interface Moto extends Disposable {
  /** Where its services answer, all of them. */
  readonly endpoint: string;
}

/**
 * Starts an empty `moto_server`, which ends with the returned object.
 * @throws when it does not answer in some 20 seconds.
 */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const { pid } = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore', detached: true });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = () => void (pid !== undefined && process.kill(-pid, 'SIGKILL'));
  try {
    await answering(endpoint);
  } catch (error) {
    stop();
    throw error;
  }
  return { endpoint, [Symbol.dispose]: stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}

async function answering(endpoint: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error('moto_server does not answer');
}
