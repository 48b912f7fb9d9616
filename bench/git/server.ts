import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gitHttpBackend } from '../../local/git/http-backend.ts';

/** What went through the server since it was last asked. */
export interface Traffic {
  readonly requests: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** From the clients and to them, headers included. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Bodies of pushes alone: the pack, and a line of some 200 bytes. */
  readonly pushBytes: number;
  /** Milliseconds in which at least one request was here, the added latency included. */
  readonly serverMs: number;
}

/** Longer than any pause between two turns of a contender: they are the bench's and must not cost it a connection. */
const KEEP_ALIVE_MS = 60 * 60_000;

/** `git http-backend` behind node's http on loopback: a server as near as one can be, or as far as `latencyMs` says. */
export class BenchServer {
  /** Milliseconds that every request waits before it is looked at. */
  latencyMs = 0;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, { read: number; written: number }>();
  #counts = { requests: 0, connections: 0, pushBytes: 0 };
  readonly #busy = new BusyTime();

  private constructor(root: string) {
    const serve = gitHttpBackend({ projectRoot: root });
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.#handle(request, response, serve).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.on('connection', (socket) => {
      this.#counts.connections += 1;
      this.#sockets.set(socket, { read: 0, written: 0 });
    });
  }

  static async start(root: string): Promise<BenchServer> {
    const bench = new BenchServer(root);
    await new Promise<void>((resolve) => bench.#server.listen(0, '127.0.0.1', resolve));
    return bench;
  }

  url(repo: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${repo}`;
  }

  /** What has happened since the last call. */
  takeTraffic(): Traffic {
    let bytesUp = 0;
    let bytesDown = 0;
    for (const [socket, counted] of this.#sockets) {
      bytesUp += socket.bytesRead - counted.read;
      bytesDown += socket.bytesWritten - counted.written;
      if (socket.destroyed) this.#sockets.delete(socket);
      else this.#sockets.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
    }
    const traffic = { ...this.#counts, bytesUp, bytesDown, serverMs: this.#busy.take() };
    this.#counts = { requests: 0, connections: 0, pushBytes: 0 };
    return traffic;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    serve: ReturnType<typeof gitHttpBackend>,
  ): Promise<void> {
    this.#counts.requests += 1;
    const end = this.#busy.begin();
    response.once('finish', end);
    response.once('close', end);
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.endsWith('/git-receive-pack')) {
      request.on('data', (chunk: Buffer) => {
        this.#counts.pushBytes += chunk.length;
      });
      request.pause();
    }
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    await serve(request, response, decodeURIComponent(pathname), search.slice(1));
  }
}

/** Time in which something is going on, however much of it at once. */
class BusyTime {
  #active = 0;
  #since = 0n;
  #total = 0n;

  /** Returns what ends it, once. */
  begin(): () => void {
    if (this.#active === 0) this.#since = process.hrtime.bigint();
    this.#active += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#active -= 1;
      if (this.#active === 0) this.#total += process.hrtime.bigint() - this.#since;
    };
  }

  /** Milliseconds since the last call. */
  take(): number {
    const total = this.#total;
    this.#total = 0n;
    return Number(total) / 1e6;
  }
}
