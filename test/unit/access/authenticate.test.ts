import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticate } from '../../../shared/access/authenticate.ts';

const token = 'gmt_0123456789abcdef';
const hash = createHash('sha256').update(token).digest('hex');

describe('an Authorization header', () => {
  it('stands for the admin when it carries the token', () => {
    expect(authenticate(`Bearer ${token}`, hash)).toEqual({ kind: 'admin', name: 'admin' });
    expect(authenticate(`bearer ${token}`, hash)).toEqual({ kind: 'admin', name: 'admin' });
  });

  it.each([
    undefined,
    '',
    token,
    `Basic ${token}`,
    'Bearer',
    'Bearer x',
    `Bearer ${token}x`,
    `Bearer ${hash}`,
    `Bearer ${token} ${token}`,
  ])('stands for nobody when it is %j', (header) => {
    expect(authenticate(header, hash)).toEqual({ kind: 'none' });
  });

  it('stands for nobody while no token is set up', () => {
    expect(authenticate('Bearer ', '')).toEqual({ kind: 'none' });
    expect(authenticate(`Bearer ${token}`, 'placeholder')).toEqual({ kind: 'none' });
  });
});
