import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { jwtVerify } from 'jose';

export interface IssuedToken {
  readonly token: string;
  /** What was asked for: repositories and permissions. */
  readonly scope: unknown;
}

const INSTALLATION = 77;

/**
 * The two calls of GitHub's API that a GitHub App makes for a git token. Like GitHub it takes a JWT only if the app
 * signed it and it lives for 10 minutes at most, and gives tokens that end after an hour.
 */
export class GitHubAppApi implements AsyncDisposable {
  readonly appId = 'Iv23liCanaryApp';
  readonly privateKey: string;
  readonly issued: IssuedToken[] = [];
  readonly paths: string[] = [];
  /** Told of each token, e.g. to let it into a git server. */
  onIssue: (token: string) => void = () => undefined;
  /** Unix milliseconds. */
  clock: () => number = Date.now;
  /** Answered instead, once for each. */
  readonly troubles: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    message?: string;
  }[] = [];
  readonly #publicKey;
  readonly #server = createServer(async (request, response) => {
    this.paths.push(`${request.method} ${request.url}`);
    const { status, body, headers = {} } = await this.#answer(request);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });

  private constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    // As GitHub hands it out: PKCS #1.
    this.privateKey = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    this.#publicKey = publicKey;
  }

  static async start(): Promise<GitHubAppApi> {
    const api = new GitHubAppApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The secret that makes the writer this app. */
  get secret() {
    return { type: 'github-app', appId: this.appId, privateKey: this.privateKey, apiUrl: this.url };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{
    readonly status: number;
    readonly body: unknown;
    readonly headers?: Record<string, string>;
  }> {
    const sent = request.method === 'POST' ? await json(request) : undefined;
    const trouble = this.troubles.shift();
    if (trouble) return { ...trouble, body: { message: trouble.message ?? 'trouble' } };
    if (!(await this.#isApp(request))) {
      return { status: 401, body: { message: 'A JSON web token could not be decoded' } };
    }
    if (request.url === '/repos/acme/gitops/installation') return { status: 200, body: { id: INSTALLATION } };
    if (request.url !== `/app/installations/${INSTALLATION}/access_tokens`) {
      return { status: 404, body: { message: 'Not Found' } };
    }
    const token = `ghs_${this.issued.length}_${'installation-token'.padEnd(30, 'x')}`;
    this.issued.push({ token, scope: sent });
    this.onIssue(token);
    return { status: 201, body: { token, expires_at: new Date(this.clock() + 3_600_000).toISOString() } };
  }

  async #isApp(request: IncomingMessage): Promise<boolean> {
    const [, jwt = ''] = (request.headers.authorization ?? '').split(' ');
    try {
      const { payload } = await jwtVerify(jwt, this.#publicKey, {
        algorithms: ['RS256'],
        issuer: this.appId,
        currentDate: new Date(this.clock()),
        requiredClaims: ['iat', 'exp'],
      });
      return Number(payload.exp) - this.clock() / 1000 <= 600;
    } catch {
      return false;
    }
  }
}
