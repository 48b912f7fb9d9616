import { describe, expect, it } from 'vitest';
import { bearerCredential } from '../../../shared/access/authenticate.ts';

const token = 'gmt_0123456789abcdef';

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
