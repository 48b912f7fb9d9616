import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Random } from '../../../local/faults/random.ts';
import type { Subscription, ToldCall } from '../notices.ts';

/** Name of the key in the secret of notifications. */
const SECRET = 'receiver';
const PREFIX = '/channels/';
/** The notifier is given up after ten attempts; some are lost by those who are killed in them. */
const MOST_REFUSED = 3;
const REFUSE = 0.15;
const HANG_UP = 0.1;
const BUSY = [{ status: 503 }, { status: 500 }, { status: 429, headers: { 'retry-after': '1' } }] as const;

/** An HTTP server that channels tell what happens, signed. While the weather is bad it often does not take it at once. */
export class Receiver implements AsyncDisposable {
  /** Those that came in full, in their order. */
  readonly calls: ToldCall[] = [];
  /** Whether it makes trouble. */
  isMoody = true;
  readonly #key = randomBytes(32);
  readonly #random: Random;
  readonly #server: Server;
  readonly #refused = new Map<string, number>();

  private constructor(random: Random) {
    this.#random = random;
    this.#server = createServer((request, response) => {
      // Whoever is killed while it speaks is not heard.
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async start(random: Random): Promise<Receiver> {
    const receiver = new Receiver(random);
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is to be in the secret of notifications. */
  get secrets(): Readonly<Record<string, string>> {
    return { [SECRET]: `whsec_${this.#key.toString('base64')}` };
  }

  /** A subscription as it stands in the settings. */
  channel(subscription: Subscription): Readonly<Record<string, unknown>> {
    const url = `http://127.0.0.1:${this.port}${PREFIX}${subscription.name}`;
    return { ...subscription, type: 'webhook', url, secret: SECRET };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    // Nobody hears what is answered any more.
    if (request.socket.destroyed) return;
    const id = String(request.headers['webhook-id']);
    const channel = request.url?.slice(PREFIX.length) ?? '';
    const answer = this.#mood(`${id} ${channel}`);
    this.calls.push({ channel, id, body, isSigned: this.#isSigned(request, body), answer });
    if (answer === 'none') {
      response.destroy();
      return;
    }
    const [busy = BUSY[0]] = this.#random.shuffle(BUSY);
    if (answer === 'taken') response.writeHead(204);
    else response.writeHead(busy.status, 'headers' in busy ? busy.headers : {});
    response.end();
  }

  #mood(delivery: string): ToldCall['answer'] {
    const refused = this.#refused.get(delivery) ?? 0;
    if (!this.isMoody || refused >= MOST_REFUSED) return 'taken';
    const draw = this.#random.next();
    if (draw >= REFUSE + HANG_UP) return 'taken';
    this.#refused.set(delivery, refused + 1);
    return draw < REFUSE ? 'refused' : 'none';
  }

  #isSigned({ headers }: IncomingMessage, body: string): boolean {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const wanted = createHmac('sha256', this.#key).update(signed).digest('base64');
    return headers['webhook-signature'] === `v1,${wanted}`;
  }
}
