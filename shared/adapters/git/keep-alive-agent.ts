import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** A connection that was idle for longer may be dead without our knowing: a frozen Lambda misses its closing. */
const MAX_SOCKET_IDLE_MS = 10_000;

/**
 * An agent that keeps connections open, and `dropIdle`, which closes those that were idle for too long: to be called
 * before a request, for timers of our own stand still while a process is frozen.
 */
export function keepAliveAgent(protocol: string, now: () => number) {
  const agent = new (protocol === 'https:' ? https : http).Agent({ keepAlive: true });
  const idleSince = new WeakMap<Socket, number>();
  agent.on('free', (socket: Socket) => idleSince.set(socket, now()));
  const dropIdle = () => {
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      if (now() - (idleSince.get(socket) ?? 0) > MAX_SOCKET_IDLE_MS) socket.destroy();
    }
  };
  return { agent, dropIdle };
}
