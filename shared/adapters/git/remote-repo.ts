import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import type { ServerMemory, ServerTraits } from '../../gitops/server-memory.ts';
import { MalformedError } from './malformed-error.ts';
import { type PushCommand, type PushReport, parsePushReport, pushRequest } from './receive-pack.ts';
import type { GitTransport } from './transport.ts';
import {
  type Advertisement,
  FetchRefusedError,
  type FetchRequest,
  fetchRequestV0,
  fetchRequestV2,
  lsRefsRequest,
  parseAdvertisement,
  parseFetchV0,
  parseFetchV2,
  parseLsRefs,
} from './upload-pack.ts';

type Service = 'git-upload-pack' | 'git-receive-pack';

const VERSION_2 = { 'git-protocol': 'version=2' };

/** One repo on a server, in git's own requests. What the server can do is remembered, so that it is asked once. */
export class RemoteRepo {
  readonly #transport: GitTransport;
  readonly #memory: ServerMemory;
  #traits: ServerTraits | undefined;

  constructor(transport: GitTransport, memory: ServerMemory) {
    this.#transport = transport;
    this.#memory = memory;
  }

  get host(): string {
    return this.#transport.host;
  }

  async traits(): Promise<ServerTraits> {
    this.#traits ??= (await this.#memory.recall(this.host)) ?? {};
    return this.#traits;
  }

  async learn(news: ServerTraits): Promise<void> {
    await this.traits();
    // Not from the awaited value: two services may be asked side by side, and both learn.
    this.#traits = { ...this.#traits, ...news };
    await this.#memory.remember(this.host, this.#traits);
  }

  /** What a ref points to now; null when there is no such ref. */
  async resolve(ref: string): Promise<Oid | null> {
    const { protocol } = await this.traits();
    if (protocol === 2) {
      try {
        return await this.#listRef(ref);
      } catch (error) {
        // What was remembered of the host need not hold for this repo, or any more: look again.
        if (!(error instanceof MalformedError)) throw error;
      }
    }
    const { refs, ...advertised } = await this.#advertisement('git-upload-pack', VERSION_2);
    await this.learn({
      protocol: advertised.protocol,
      fetchFeatures: fetchFeatures(advertised.capabilities),
    });
    if (advertised.protocol === 0) return refs.get(ref) ?? null;
    return this.understood(() => this.#listRef(ref));
  }

  /** A pack as asked for. @throws FetchRefusedError when this way of asking is not taken. */
  async fetch(request: FetchRequest): Promise<Buffer> {
    const { protocol, fetchFeatures: features = [] } = await this.traits();
    if (request.filter !== undefined && !features.includes('filter')) {
      throw new FetchRefusedError('the server does not offer filters');
    }
    return this.understood(async () => {
      if (protocol === 0)
        return parseFetchV0(await this.#post('git-upload-pack', fetchRequestV0(request, features)));
      return parseFetchV2(await this.#post('git-upload-pack', fetchRequestV2(request), VERSION_2));
    });
  }

  /** Capabilities of receive-pack. Asking for them shows early whether the credential may write. */
  async pushCapabilities(): Promise<readonly string[]> {
    const known = (await this.traits()).pushCapabilities;
    if (known !== undefined) return known;
    const { capabilities } = await this.#advertisement('git-receive-pack');
    // `push-cert=<nonce>` and its like change with every request and are of no use later.
    const pushCapabilities = capabilities.filter((name) => !name.startsWith('push-cert='));
    await this.learn({ pushCapabilities });
    return pushCapabilities;
  }

  /** Sends a push, once. Undefined when the answer is no whole report: what became of it, only the ref can tell. */
  async push(command: PushCommand, pack: Buffer): Promise<PushReport | undefined> {
    const advertised = await this.pushCapabilities();
    const answer = await this.#post('git-receive-pack', pushRequest(command, pack, advertised));
    return parsePushReport(answer, command.ref, advertised);
  }

  async #listRef(ref: string): Promise<Oid | null> {
    const answer = await this.#post('git-upload-pack', lsRefsRequest(ref), VERSION_2);
    return parseLsRefs(answer).get(ref) ?? null;
  }

  async #advertisement(
    service: Service,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Advertisement> {
    const { body } = await this.#transport.send({
      method: 'GET',
      path: `/info/refs?service=${service}`,
      headers,
    });
    try {
      return parseAdvertisement(body, service);
    } catch (cause) {
      if (!(cause instanceof MalformedError)) throw cause;
      const message = `${this.host} does not answer as a git server (smart HTTP) at this URL: check the repo's URL.`;
      throw new GitRefusedError(message, { data: { host: this.host }, cause });
    }
  }

  async #post(
    service: Service,
    body: Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Buffer> {
    const contentType = {
      'content-type': `application/x-${service}-request`,
      accept: `application/x-${service}-result`,
    };
    const answer = await this.#transport.send({
      method: 'POST',
      path: `/${service}`,
      headers: { ...contentType, ...headers },
      body,
    });
    return answer.body;
  }

  /** Runs something that reads what the server sent, and says so plainly when it can't be read. */
  async understood<T>(read: () => T | Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      const message = `What ${this.host} sent can't be read: ${error.message}.`;
      throw new TransientError('git-protocol', message, { data: { host: this.host }, cause: error });
    }
  }
}

/** In version 2 the features of fetch stand behind its name; in version 0 they are among all others. */
function fetchFeatures(capabilities: readonly string[]): string[] {
  const fetch = capabilities.find((capability) => /^fetch(=|$)/.test(capability));
  return fetch === undefined ? [...capabilities] : fetch.slice('fetch='.length).split(' ');
}
