import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Signature {
  readonly alg?: string;
  readonly kid?: string;
  readonly key?: KeyObject | Uint8Array;
}

export function makeKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

/** An identity provider as CI systems have them, on this machine: discovery, keys, and tokens of any claims. */
export class IdentityProvider implements AsyncDisposable {
  /** Those that it publishes. */
  keys: SigningKey[] = [makeKey('first')];
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  /** Answered instead of what is asked for. */
  trouble:
    | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
    | undefined;
  /** Laid over its discovery document. */
  about: Record<string, string> = {};
  readonly #server = createServer((request, response) => {
    this.requests.push(request.url ?? '');
    const { status, body, headers = {} } = this.#answer(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });

  static async start(): Promise<IdentityProvider> {
    const provider = new IdentityProvider();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A token, of the first key and in RS256 unless told otherwise. */
  async sign(claims: Record<string, unknown>, { alg = 'RS256', kid, key }: Signature = {}): Promise<string> {
    const [first] = this.keys;
    if (first === undefined) throw new Error('the provider has no key');
    const jwt = new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT', kid: kid ?? first.kid });
    return jwt.sign(key ?? first.privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string) {
    if (this.trouble) return { body: '', ...this.trouble };
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        issuer: this.issuer,
        jwks_uri: `${this.issuer}/jwks`,
        ...this.about,
      },
      '/jwks': {
        keys: this.keys.map(({ kid, publicKey }) => ({
          ...publicKey.export({ format: 'jwk' }),
          kid,
          use: 'sig',
          alg: 'RS256',
        })),
      },
    };
    const found = documents[path];
    return { status: found ? 200 : 404, body: JSON.stringify(found ?? {}) };
  }
}

/** JSON as a part of a token, for tokens that no library would make. */
export function tokenPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

let tokens = 0;

/** Claims as GitHub signs them for a push to main of acme/shop; `now` in unix milliseconds. */
export function githubClaims(now: number, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  tokens += 1;
  const seconds = Math.floor(now / 1000);
  return {
    jti: `token-${tokens}`,
    iat: seconds,
    nbf: seconds - 5,
    exp: seconds + 300,
    aud: 'https://gimletd.example.com',
    sub: 'repo:acme@100/shop@200:ref:refs/heads/main',
    repository: 'acme/shop',
    repository_id: '200',
    repository_owner: 'acme',
    repository_owner_id: '100',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    sha: '1f0c9d2',
    event_name: 'push',
    head_ref: '',
    base_ref: '',
    workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/main',
    ...overrides,
  };
}

/** Claims as GitLab signs them for a push to main of acme/shop. */
export function gitlabClaims(now: number, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  tokens += 1;
  const seconds = Math.floor(now / 1000);
  return {
    jti: `token-${tokens}`,
    iat: seconds,
    nbf: seconds - 5,
    exp: seconds + 3600,
    iss: 'https://gitlab.example.com',
    aud: 'https://gimletd.example.com',
    sub: 'project_path:acme/shop:ref_type:branch:ref:main',
    project_id: '200',
    project_path: 'acme/shop',
    namespace_id: '100',
    namespace_path: 'acme',
    pipeline_source: 'push',
    ref: 'main',
    ref_type: 'branch',
    ref_path: 'refs/heads/main',
    sha: '1f0c9d2',
    ci_config_ref_uri: 'gitlab.example.com/acme/shop//.gitlab-ci.yml@refs/heads/main',
    environment: null,
    ...overrides,
  };
}
