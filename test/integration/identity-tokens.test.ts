import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Claims } from '../../shared/access/trust/read-identity.ts';
import type { Refusal } from '../../shared/access/trust/refusal.ts';
import { issuerKeys } from '../../shared/adapters/oidc/issuer-keys.ts';
import { identityTokenVerifier } from '../../shared/adapters/oidc/verify-identity-token.ts';
import { githubClaims, IdentityProvider, makeKey, tokenPart } from '../support/identity-provider.ts';

let provider: IdentityProvider;
let now: number;
let verify: (token: string) => Promise<Claims | Refusal>;

const spare = makeKey('second');
beforeAll(async () => {
  provider = await IdentityProvider.start();
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => {
  now = Date.now();
  provider.trouble = undefined;
  provider.about = {};
  provider.keys = provider.keys.slice(0, 1);
  provider.requests.length = 0;
  verify = verifier();
});

function verifier({ allowLoopback = true } = {}) {
  const clock = () => now;
  const keys = issuerKeys({ fetch, clock, allowLoopback });
  const verifyToken = identityTokenVerifier({ keys, clock });
  return (token: string) => verifyToken(token, new Set([provider.issuer]));
}

const claims = (overrides: Record<string, unknown> = {}) =>
  githubClaims(now, { iss: provider.issuer, ...overrides });
const codeOf = async (token: Promise<string> | string) => {
  const found = await verify(await token);
  return 'code' in found ? found.code : 'taken';
};
const seconds = () => Math.floor(now / 1000);

describe('an identity token', () => {
  it('is taken when its issuer signed it, and its claims are what was signed', async () => {
    const sent = claims();
    expect(await verify(await provider.sign(sent))).toEqual(sent);
  });

  it('is not read as one when it is none', async () => {
    for (const token of ['eyJhbGciOiJSUzI1NiJ9.e30', 'eyJ.eyJ.x', 'eyJhbGciOiJSUzI1NiJ9.bm8.x'])
      expect(await codeOf(token)).toBe('identity-malformed');
    expect(provider.requests).toEqual([]);
  });

  it('without a signature is refused', async () => {
    for (const alg of ['none', 'None', 'NONE'])
      expect(await codeOf(`${tokenPart({ alg })}.${tokenPart(claims())}.`)).toBe('identity-algorithm');
  });

  it('signed with the public key as a password is refused', async () => {
    const [key] = provider.keys;
    for (const secret of [
      key?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '',
      JSON.stringify(key?.publicKey.export({ format: 'jwk' })),
    ]) {
      const signed = `${tokenPart({ alg: 'HS256', kid: key?.kid })}.${tokenPart(claims())}`;
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await codeOf(`${signed}.${signature}`)).toBe('identity-algorithm');
    }
  });

  it.each(['RS512', 'PS256'])('signed by %s is refused: one algorithm is enough', async (alg) => {
    expect(await codeOf(provider.sign(claims(), { alg }))).toBe('identity-algorithm');
  });

  it('of a key that the issuer does not publish is refused', async () => {
    expect(await codeOf(provider.sign(claims(), { kid: 'unknown' }))).toBe('identity-key');
    expect(await codeOf(provider.sign(claims(), { key: spare.privateKey }))).toBe('identity-signature');
  });

  it('of which a claim was changed is refused', async () => {
    const [header, , signature] = (await provider.sign(claims())).split('.');
    const changed = tokenPart(claims({ repository_id: '1' }));
    expect(await codeOf(`${header}.${changed}.${signature}`)).toBe('identity-signature');
  });

  it('of an issuer that nobody trusts is refused, and the issuer is not asked', async () => {
    const iss = `${provider.issuer}/`;
    expect(await codeOf(provider.sign(claims({ iss })))).toBe('identity-issuer');
    expect(await codeOf(provider.sign(claims({ iss: undefined })))).toBe('identity-issuer');
    expect(provider.requests).toEqual([]);
  });

  it('is refused before and after its time, with little regard for clocks', async () => {
    expect(await codeOf(provider.sign(claims({ exp: seconds() - 31 })))).toBe('identity-expired');
    expect(await codeOf(provider.sign(claims({ exp: seconds() - 25 })))).toBe('taken');
    expect(await codeOf(provider.sign(claims({ nbf: seconds() + 40 })))).toBe('identity-not-yet-valid');
    expect(await codeOf(provider.sign(claims({ iat: seconds() + 40 })))).toBe('identity-not-yet-valid');
    expect(await codeOf(provider.sign(claims({ iat: seconds() - 90_000 })))).toBe('identity-expired');
  });

  it.each(['exp', 'iat', 'jti', 'aud'])('without %s is refused', async (name) => {
    expect(await codeOf(provider.sign(claims({ [name]: undefined })))).toBe('identity-claims');
  });
});

describe('the keys of an issuer', () => {
  it('are asked for once, then again when they are ten minutes old', async () => {
    for (let n = 0; n < 3; n += 1) await verify(await provider.sign(claims()));
    expect(provider.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    now += 10 * 60_000;
    await verify(await provider.sign(claims()));
    expect(provider.requests).toHaveLength(4);
  });

  it('are asked for once by many at the same time', async () => {
    const token = await provider.sign(claims());
    await Promise.all(Array.from({ length: 10 }, () => verify(token)));
    expect(provider.requests).toHaveLength(2);
  });

  it('that are new are found, and made-up ids have the issuer asked every 30 seconds at most', async () => {
    await verify(await provider.sign(claims()));
    const made = Array.from({ length: 5 }, (_, n) => provider.sign(claims(), { kid: `made-up-${n}` }));
    for (const token of made) expect(await codeOf(token)).toBe('identity-key');
    expect(provider.requests).toHaveLength(2);
    provider.keys.push(spare);
    const rotated = { kid: spare.kid, key: spare.privateKey };
    now += 30_000;
    expect(await codeOf(provider.sign(claims(), rotated))).toBe('taken');
    expect(provider.requests).toHaveLength(4);
  });

  it('that are known are believed for a day while the issuer is away, and asked for all the same', async () => {
    await verify(await provider.sign(claims()));
    provider.trouble = { status: 503 };
    now += 23 * 3_600_000;
    expect(await codeOf(provider.sign(claims()))).toBe('taken');
    expect(provider.requests).toHaveLength(3);
    now += 3_600_000;
    expect(await codeOf(provider.sign(claims()))).toBe('identity-keys-unavailable');
    provider.trouble = undefined;
    now += 5_000;
    expect(await codeOf(provider.sign(claims()))).toBe('taken');
  });

  it.each<[string, Partial<Pick<IdentityProvider, 'trouble' | 'about'>>]>([
    ['answers with an error', { trouble: { status: 500 } }],
    ['sends us elsewhere', { trouble: { status: 302, headers: { location: 'http://169.254.169.254/' } } }],
    ['sends no JSON', { trouble: { status: 200, body: '<html>' } }],
    ['sends too much', { trouble: { status: 200, body: 'x'.repeat(300_000) } }],
    ['calls itself something else', { about: { issuer: 'https://evil.example.com' } }],
    ['has its keys on another host', { about: { jwks_uri: 'http://127.0.0.1:1/jwks' } }],
    ['has its keys in a file', { about: { jwks_uri: 'file:///etc/passwd' } }],
  ])('are not had from one that %s', async (_, wrong) => {
    Object.assign(provider, wrong);
    const token = await provider.sign(claims());
    expect(await codeOf(token)).toBe('identity-keys-unavailable');
    const asked = provider.requests.length;
    expect(await codeOf(token)).toBe('identity-keys-unavailable');
    expect(provider.requests).toHaveLength(asked);
  });

  it('are not asked for by plain http but on a laptop', async () => {
    verify = verifier({ allowLoopback: false });
    expect(await codeOf(provider.sign(claims()))).toBe('identity-keys-unavailable');
    expect(provider.requests).toEqual([]);
  });
});
