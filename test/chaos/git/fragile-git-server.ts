import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../local/faults/random.ts';
import type { Tally } from '../tally.ts';

/** What goes wrong with one request. */
type Mishap =
  /** It is done, and its answer is lost. */
  | 'answer lost'
  | 'answer cut'
  /** It is never done. */
  | 'reset'
  /** It is done only after a while, whatever has become of whoever asked. */
  | 'late';

const MISHAPS: readonly Mishap[] = ['answer lost', 'answer cut', 'reset', 'late'];
const LATEST_MS = 300;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The road to a git server: it loses answers, delivers late, and goes away for a while. */
export class FragileGitServer implements AsyncDisposable {
  readonly #tally: Tally;
  /** How often something goes wrong with a request, and with a push. */
  readonly #often: { any: number; push: number } = { any: 0, push: 0 };
  readonly #random: Random;
  readonly #upstreamPort: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((incoming, response) => {
    const handled = this.#handle(incoming, response).catch(() => response.destroy());
    this.#open.add(handled);
    void handled.finally(() => this.#open.delete(handled));
  });
  readonly #open = new Set<Promise<unknown>>();
  #port = 0;

  private constructor(upstreamPort: number, random: Random, tally: Tally) {
    this.#tally = tally;
    this.#upstreamPort = upstreamPort;
    this.#random = random;
  }

  static async start(upstreamPort: number, random: Random, tally: Tally): Promise<FragileGitServer> {
    const server = new FragileGitServer(upstreamPort, random, tally);
    await server.#listen();
    return server;
  }

  /** The same repo by this road. */
  url(direct: string): string {
    const url = new URL(direct);
    url.port = String(this.#port);
    return url.href;
  }

  /** From now on so often (0 to 1). */
  breakDown(often: { readonly any: number; readonly push: number }): void {
    Object.assign(this.#often, often);
  }

  /** Refuses connections and drops those that there are; what git has begun it goes on with. */
  async goAway(ms: number): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    await sleep(ms);
    await this.#listen();
  }

  /** Resolves when git is done with everything that was sent. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#agent.destroy();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that is killed in the middle of its request is none of git's business.
    const body = await buffer(incoming);
    const mishap = this.#mishap(incoming.method === 'POST' && incoming.url?.endsWith('/git-receive-pack'));
    if (mishap === 'reset') return void response.destroy();
    if (mishap === 'late') await sleep(this.#random.between(0, LATEST_MS));
    const answer = await this.#pass(incoming, body);
    if (mishap === 'answer lost') return void response.destroy();
    response.writeHead(answer.status, answer.headers);
    if (mishap !== 'answer cut') return void response.end(answer.body);
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
  }

  #mishap(isPush = false): Mishap | undefined {
    if (!this.#random.chance(isPush ? this.#often.push : this.#often.any)) return undefined;
    const [mishap] = this.#random.shuffle(MISHAPS);
    this.#tally.count(`${isPush ? 'push' : 'request'}: ${mishap}`);
    return mishap;
  }

  async #pass({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#upstreamPort,
      agent: this.#agent,
      method,
      path: url,
      headers,
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const { 'transfer-encoding': _framing, connection: _hop, ...passed } = response.headers;
    return { status: response.statusCode ?? 502, headers: passed, body: await buffer(response) };
  }
}
