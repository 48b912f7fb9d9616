import { problemAnswer } from '../../shared/contract/answers.ts';
import { type Operation, ROUTES } from '../../shared/contract/routes.ts';
import { correlationId } from '../ci/correlation-id.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';
import { ApiError, NotGimletdError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { isPassingFault, unreachable } from './fetch-error.ts';
import { isPassing, MAX_ATTEMPTS, retryDelay } from './retry.ts';

/** How often a call is tried at most, and how long each time. */
export interface Patience {
  readonly attempts: number;
  readonly attemptMs: number;
}

const PATIENT: Patience = { attempts: MAX_ATTEMPTS, attemptMs: 30_000 };
const NO_TOKEN =
  'No token is set: set GIMLET_TOKEN or --token. npm start prints one for a server on this machine; a CI job may need none: gimlet admin trust add --help.';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface ApiCall {
  readonly operation: Operation;
  /** Fills `{id}` or `{id+}` of the route's path. */
  readonly id?: string;
  /** What comes after the id, e.g. `/decisions`. */
  readonly suffix?: string;
  readonly query?: Query;
  /** JSON text. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** One call of the API; tried again while the server asks for patience. Every operation may be repeated safely. */
export class HttpClient {
  readonly #connection: Connection;
  readonly #world: World;
  readonly #patience: Patience;
  readonly #correlationId: string | undefined;

  constructor(connection: Connection, world: World, patience = PATIENT) {
    this.#connection = connection;
    this.#world = world;
    this.#patience = patience;
    this.#correlationId = correlationId(world.env);
  }

  /** The same server, called with another token. */
  as(token: string): HttpClient {
    return new HttpClient({ server: this.#connection.server, token }, this.#world, this.#patience);
  }

  /** @throws ApiError, UnreachableError, NotGimletdError */
  async call(call: ApiCall): Promise<ApiAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= this.#patience.attempts;
      let response: Response;
      let text: string;
      try {
        response = await this.#send(call);
        text = await response.text();
      } catch (error) {
        if (last || !isPassingFault(error)) throw unreachable(this.#connection.server, error);
        await this.#world.sleep(retryDelay(null, attempt, this.#world.now()));
        continue;
      }
      if (last || !isPassing(response.status)) return this.#read(response, text);
      await this.#world.sleep(retryDelay(response.headers.get('retry-after'), attempt, this.#world.now()));
    }
  }

  #send(call: ApiCall): Promise<Response> {
    const { token, server } = this.#connection;
    const { method } = routeOf(call.operation);
    return this.#world.fetch(`${server}${pathOf(call)}`, {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': `gimlet/${VERSION}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(this.#correlationId === undefined ? {} : { 'x-correlation-id': this.#correlationId }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      // Following would turn a POST into a GET, silently.
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#patience.attemptMs),
      ...(call.body === undefined ? {} : { body: call.body }),
    });
  }

  #read(response: Response, text: string): ApiAnswer {
    const { status, headers } = response;
    const body = parseJson(text);
    if (status >= 200 && status < 300 && body !== undefined) return { status, body, headers };
    const problem = problemAnswer.safeParse(body);
    if (problem.success) throw new ApiError(problem.data, this.#hint(status, problem.data.code));
    const fallback = status === 401 || status === 403 || isPassing(status) || status === 413;
    if (fallback) throw new ApiError(plainProblem(status, text), this.#hint(status));
    throw this.#notGimletd(status, headers.get('location'));
  }

  #hint(status: number, code?: string): string | undefined {
    if (code === 'own-release') return 'Ask somebody else: gimlet release waiting shows what waits.';
    if (status === 403) return 'The token is known, but may not do this: use one with more rights.';
    if (status !== 401) return undefined;
    return this.#connection.token === undefined
      ? NO_TOKEN
      : 'The server does not take this token: check GIMLET_TOKEN or --token, and that it is for this server.';
  }

  #notGimletd(status: number, location: string | null): NotGimletdError {
    const { server } = this.#connection;
    if (location !== null) {
      return new NotGimletdError(`${server} sends us on to ${location}.`, {
        hint: 'Set GIMLET_SERVER or --server to where it leads.',
      });
    }
    return new NotGimletdError(`${server} answered ${status}, and not as a GimletD server does.`, {
      hint: 'Check GIMLET_SERVER or --server: it must be the URL of the API, without /api.',
    });
  }
}

function routeOf(operation: Operation) {
  const route = ROUTES.find((candidate) => candidate.operation === operation);
  if (route === undefined) throw new TypeError(`there is no route for ${operation}`);
  return route;
}

function pathOf({ operation, id = '', suffix = '', query = {} }: ApiCall): string {
  const path = routeOf(operation).path.replace(/\{id\+?\}/, () => encodeURIComponent(id));
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined)
      .map((one): [string, string] => [name, String(one)]),
  );
  const search = new URLSearchParams(parameters).toString();
  return `${path}${suffix}${search === '' ? '' : `?${search}`}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a gateway in front of the server says has another shape than what the server says. */
function plainProblem(status: number, text: string) {
  const body = parseJson(text);
  const said = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  const title = `The server answered ${status}`;
  return {
    type: 'about:blank',
    title,
    status,
    detail: said ? `${title}: ${said}` : title,
    code: `http-${status}`,
  };
}
