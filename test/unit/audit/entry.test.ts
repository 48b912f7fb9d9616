import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditEntry, entryText, parseEntry } from '../../../shared/audit/entry.ts';

const item = { pk: 'RELEASE#r', sk: 'RELEASE' };
const context = { at: 1_764_064_000_000, nonce: 'ab'.repeat(16), item };
const event = { action: 'release.create', object: 'release/r', outcome: 'queued' };

describe('an audit entry', () => {
  it('names who wanted it, else who called, else the function', () => {
    const from = { function: 'policy' };
    const actorOf = (actor?: string, caller?: string) =>
      auditEntry(
        { ...event, ...(actor && { actor }) },
        { ...context, from: { ...from, ...(caller && { caller }) } },
      ).actor;
    expect(actorOf('jane', 'joe')).toBe('jane');
    expect(actorOf(undefined, 'joe')).toBe('joe');
    expect(actorOf()).toBe('function:policy');
  });

  it('is small and on one line, whatever people write, and reads back as it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 5_000 }),
        fc.string({ maxLength: 5_000 }),
        (text, more) => {
          const details = Object.fromEntries([...Array(40).keys()].map((n) => [`d${n}`, more]));
          const entry = auditEntry(
            { ...event, reason: text, actor: more, app: text, details },
            { ...context, from: { function: 'admin', userAgent: text, ip: more } },
          );
          const written = entryText(entry);
          expect(Buffer.byteLength(written)).toBeLessThan(40_000);
          expect(JSON.stringify(parseEntry(written))).toBe(written);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none.
          expect(entry.reason).not.toMatch(/[\u0000-\u001f\u2028\u2029]/);
        },
      ),
    );
  });
});
