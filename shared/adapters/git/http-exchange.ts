import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { GitRefusedError, TransientError } from '../../errors/errors.ts';

export interface ExchangeLimits {
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One request and its answer; remembers whether a connection stood, for the error to say so. */
export class HttpExchange {
  readonly #host: string;
  readonly #limits: ExchangeLimits;
  #sent = false;

  constructor(host: string, limits: ExchangeLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  async run(url: URL, request: OutgoingRequest, agent: http.Agent) {
    const signal = AbortSignal.timeout(this.#limits.totalTimeoutMs);
    try {
      const response = await this.#send(url, request, agent, signal);
      const body = await this.#readBody(response);
      return { status: response.statusCode ?? 0, headers: response.headers, body };
    } catch (error) {
      throw this.#translate(error, signal);
    }
  }

  #send(url: URL, request: OutgoingRequest, agent: http.Agent, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const { method, headers } = request;
    const client = url.protocol === 'https:' ? https : http;
    const outgoing = client.request(url, { method, headers: { ...headers }, agent, signal });
    outgoing.once('socket', (socket: Socket) => {
      // Before the handshake is done not a byte of the request has left us.
      const ready = url.protocol === 'https:' ? 'secureConnect' : 'connect';
      if (outgoing.reusedSocket) this.#sent = true;
      else socket.once(ready, () => (this.#sent = true));
    });
    outgoing.setTimeout(this.#limits.idleTimeoutMs, () => outgoing.destroy(new TimeoutError()));
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(request.body);
    return promise;
  }

  async #readBody(response: http.IncomingMessage): Promise<Buffer> {
    const announced = Number(response.headers['content-length'] ?? 0);
    if (announced > this.#limits.maxAnswerBytes) {
      response.destroy();
      throw this.#tooLarge();
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > this.#limits.maxAnswerBytes) throw this.#tooLarge(); // Leaving the loop closes the connection.
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }

  #tooLarge(): GitRefusedError {
    const { maxAnswerBytes } = this.#limits;
    return new GitRefusedError(
      `${this.#host} answered more than ${maxAnswerBytes} bytes, which is more than we read.`,
    );
  }

  #translate(error: unknown, signal: AbortSignal): Error {
    if (error instanceof GitRefusedError) return error;
    const data = { host: this.#host, sent: this.#sent };
    if (signal.aborted || error instanceof TimeoutError) {
      return new TransientError('git-timeout', `${this.#host} did not answer in time.`, {
        data,
        cause: error,
      });
    }
    const words = error instanceof Error ? error.message : String(error);
    const message = `${this.#host} could not be reached, or hung up: ${words}.`;
    return new TransientError('git-unreachable', message, { data, cause: error });
  }
}

class TimeoutError extends Error {}
