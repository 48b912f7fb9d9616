import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { adminAuthenticator, bearerCredential, EVERYTHING } from '../../../shared/access/authenticate.ts';

const token = 'gmt_0123456789abcdef';
const hash = createHash('sha256').update(token).digest('hex');

describe('an Authorization header', () => {
  it.each([`Bearer ${token}`, `bearer ${token}`, `  Bearer   ${token} `])(
    'carries a credential: %j',
    (header) => {
      expect(bearerCredential(header)).toBe(token);
    },
  );

  it.each([undefined, '', token, `Basic ${token}`, 'Bearer', `Bearer ${token} ${token}`])(
    'carries none: %j',
    (header) => {
      expect(bearerCredential(header)).toBeUndefined();
    },
  );
});

describe('the admin token', () => {
  it('stands for the admin, who may do everything', async () => {
    const admin = { kind: 'token', id: 'admin', name: 'admin', grants: [EVERYTHING] };
    expect(await adminAuthenticator(async () => `${hash}\n`)(token)).toEqual(admin);
  });

  it.each(['x', `${token}x`, hash])('is not %j', async (credential) => {
    expect(await adminAuthenticator(async () => hash)(credential)).toEqual({ kind: 'none' });
  });

  it('is nobody’s while none is set up', async () => {
    expect(await adminAuthenticator(async () => 'placeholder')(token)).toEqual({ kind: 'none' });
  });
});
