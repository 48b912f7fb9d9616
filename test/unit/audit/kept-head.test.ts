import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatKeptHead, parseKeptHead } from '../../../shared/audit/kept-head.ts';

const hashes = fc.stringMatching(/^[0-9a-f]{64}$/);

it('reads what it has written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999_999 }), hashes, (block, hash) => {
      expect(parseKeptHead(formatKeptHead({ block, hash }))).toEqual({ block, hash });
    }),
  );
});

it('takes no other message for a head, nor what stands before its last paragraph', () => {
  const message = formatKeptHead({ block: 7, hash: 'a'.repeat(64) });
  expect(parseKeptHead(`${message}\nand on\n`)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseKeptHead(text)).toBeUndefined();
    }),
  );
});
