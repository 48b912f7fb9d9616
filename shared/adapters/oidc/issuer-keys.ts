import { type CryptoKey, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import { TransientError } from '../../errors/errors.ts';

export interface IssuerKeysOptions {
  readonly fetch: typeof fetch;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Takes issuers on this machine by plain http: for a laptop, never for a cloud. */
  readonly allowLoopback: boolean;
}

export interface IssuerKeys {
  /**
   * The key of an issuer that is trusted; undefined when it has none of that id.
   * @throws TransientError `identity-keys-unavailable`
   */
  find(issuer: string, keyId: string): Promise<CryptoKey | undefined>;
}

const KEEP_MS = 10 * 60_000;
/** An issuer that is away is believed by its last keys for so long. */
const KEEP_WHEN_AWAY_MS = 24 * 60 * 60_000;
/** Whoever sends made-up key ids has us ask no more often than this. */
const ASK_AGAIN_MS = 30_000;
const ASK_AGAIN_AFTER_FAILURE_MS = 5_000;
/** For both documents; the authorizer has five seconds. */
const TIMEOUT_MS = 3_000;
const MAX_BYTES = 256 * 1024;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

interface Kept {
  readonly keys: ReadonlyMap<string, CryptoKey>;
  readonly readAt: number;
  readonly askedAt: number;
  readonly failed: boolean;
}

/** Public keys of identity providers, found as OpenID Connect Discovery says and kept in memory. */
export function issuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const known = new Map<string, Kept>();
  const asking = new Map<string, Promise<Kept>>();

  const ask = (issuer: string): Promise<Kept> => {
    const asked = asking.get(issuer) ?? refresh(issuer).finally(() => asking.delete(issuer));
    asking.set(issuer, asked);
    return asked;
  };

  const refresh = async (issuer: string): Promise<Kept> => {
    const now = options.clock();
    const before = known.get(issuer);
    try {
      const keys = await readKeys(issuer, options);
      const kept = { keys, readAt: now, askedAt: now, failed: false };
      known.set(issuer, kept);
      return kept;
    } catch (error) {
      const { keys = new Map(), readAt = Number.NEGATIVE_INFINITY } = before ?? {};
      known.set(issuer, { keys, readAt, askedAt: now, failed: true });
      if (now - readAt < KEEP_WHEN_AWAY_MS) return { keys, readAt, askedAt: now, failed: true };
      throw error;
    }
  };

  return {
    async find(issuer, keyId) {
      const now = options.clock();
      const kept = known.get(issuer);
      const key = kept?.keys.get(keyId);
      if (kept && key && now - kept.readAt < KEEP_MS) return key;
      const pause = kept?.failed ? ASK_AGAIN_AFTER_FAILURE_MS : ASK_AGAIN_MS;
      if (!kept || now - kept.askedAt >= pause) return (await ask(issuer)).keys.get(keyId);
      if (now - kept.readAt >= KEEP_WHEN_AWAY_MS) throw unavailable(issuer);
      return key;
    },
  };
}

async function readKeys(issuer: string, options: IssuerKeysOptions): Promise<ReadonlyMap<string, CryptoKey>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const base = checkedUrl(issuer, issuer, options);
  const about = new URL(`${base.href.replace(/\/+$/, '')}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri } = discovery.parse(await getJson(about, issuer, signal, options));
  if (named !== issuer) throw unavailable(issuer, `it calls itself '${named.slice(0, 200)}'`);
  const at = checkedUrl(jwks_uri, issuer, options);
  // What an issuer says about itself must not send us anywhere else.
  if (at.origin !== base.origin) throw unavailable(issuer, 'its keys lie on another host');
  const { keys } = keySet.parse(await getJson(at, issuer, signal, options));
  const imported = await Promise.all(keys.map((key) => importKey(key as JWK)));
  return new Map(imported.flat());
}

/** RSA keys for signatures; what else a set holds is passed over. */
async function importKey(jwk: JWK): Promise<(readonly [string, CryptoKey])[]> {
  const { kid, kty, use = 'sig', alg = 'RS256', n, e } = jwk;
  if (!kid || kty !== 'RSA' || use !== 'sig' || alg !== 'RS256' || !n || !e) return [];
  const key = await importJWK({ kty, n, e }, 'RS256');
  return key instanceof Uint8Array ? [] : [[kid, key]];
}

function checkedUrl(text: string, issuer: string, { allowLoopback }: IssuerKeysOptions): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || (allowLoopback && isLocal))) return url;
  throw unavailable(issuer, 'it must be reached by https');
}

async function getJson(
  url: URL,
  issuer: string,
  signal: AbortSignal,
  { fetch }: IssuerKeysOptions,
): Promise<unknown> {
  try {
    const headers = { accept: 'application/json', 'user-agent': 'gimletd' };
    const response = await fetch(url, { headers, redirect: 'error', signal });
    if (response.status !== 200) throw unavailable(issuer, `it answers ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > MAX_BYTES) throw unavailable(issuer, `it sends more than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw error instanceof TransientError ? error : unavailable(issuer, 'it can’t be read', error);
  }
}

function unavailable(issuer: string, problem = 'it can’t be read', cause?: unknown): TransientError {
  return new TransientError(
    'identity-keys-unavailable',
    `The keys of the issuer '${issuer}' can't be had now: ${problem}.`,
    { cause },
  );
}
