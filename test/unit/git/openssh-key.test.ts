import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../../shared/adapters/git/malformed-error.ts';
import { parseOpensshKey } from '../../../shared/adapters/git/openssh-key.ts';
import { sshSignature } from '../../../shared/adapters/git/ssh-signature.ts';
import { makeSigningKey } from '../../support/signing-key.ts';
import { isSignedBy } from '../../support/ssh-verify.ts';

const { privateText, publicText } = makeSigningKey();

function armored(lines: readonly string[]): string {
  const edge = (word: string) => `-----${word} OPENSSH PRIVATE KEY-----`;
  return [edge('BEGIN'), ...lines, edge('END'), ''].join('\n');
}

/** Made by ssh-keygen of OpenSSH 9.2, for this test alone. */
const BY_SSH_KEYGEN = {
  privateText: armored([
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW',
    'QyNTUxOQAAACDlRkuKFJ2CTH8f7NkzxGpSemiFHp0LYo2A/5CSmoJmeQAAAJDoYq+G6GKv',
    'hgAAAAtzc2gtZWQyNTUxOQAAACDlRkuKFJ2CTH8f7NkzxGpSemiFHp0LYo2A/5CSmoJmeQ',
    'AAAECu2NqLmtF1FrSdRtussOn4lHR5K4MX7KS9VNpWlGviPOVGS4oUnYJMfx/s2TPEalJ6',
    'aIUenQtijYD/kJKagmZ5AAAABmEgdGVzdAECAwQFBgc=',
  ]),
  publicText: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOVGS4oUnYJMfx/s2TPEalJ6aIUenQtijYD/kJKagmZ5',
};

/** The same, with a passphrase. */
const LOCKED = armored([
  'b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABBRkHMXSE',
  'GMzJxRZ5LZuUH0AAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIMpLhNJyn9xYFwPH',
  'ChPAb8K9mC4vHYaG4IQvCamjecf2AAAAkJz+EHg0zNkcYNjqx0k5hN07MeBZsrsKGj26QR',
  '3bkRBIJOQyCB0RyxzlVlifKizFOhQ42ooWxnhwPwfbG0P1Hy9L4EC/nCpiGd0GwYIb75+t',
  '+Y/PcLYGYmDGUyVXOKFOhOXV/OQNOBf7AWrKDRYetAadqh1xlWKjk6kuiD1RWgDyxfczUi',
  'urNYwBafPuHegxRw==',
]);

describe('an OpenSSH private key', () => {
  it('signs what its public half verifies, and nothing else', () => {
    for (const made of [{ privateText, publicText }, BY_SSH_KEYGEN]) {
      const key = parseOpensshKey(made.privateText);
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, other) => {
          const signature = sshSignature(key, Buffer.from(text));
          expect(isSignedBy(made.publicText, text, signature)).toBe(true);
          expect(isSignedBy(made.publicText, other, signature)).toBe(other === text);
        }),
      );
    }
  });

  it('of which anything was changed or cut off is refused in a way that tells nothing of it', () => {
    const [head = '', ...lines] = privateText.trimEnd().split('\n');
    const base64 = lines.slice(0, -1).join('');
    fc.assert(
      fc.property(fc.nat(base64.length - 1), fc.boolean(), (at, cut) => {
        const flipped = `${base64.slice(0, at)}${base64[at] === 'A' ? 'B' : 'A'}${base64.slice(at + 1)}`;
        const text = [head, cut ? base64.slice(0, at) : flipped, lines.at(-1)].join('\n');
        try {
          // What is not part of the key, its comment or its padding, may be anything.
          expect(parseOpensshKey(text).publicKey).toEqual(parseOpensshKey(privateText).publicKey);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
          expect((error as Error).message).not.toContain(base64.slice(-60, -20));
        }
      }),
    );
  });

  it.each([
    ['', 'it is no OpenSSH private key'],
    ['random', 'it is no OpenSSH private key'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'it is no OpenSSH private key'],
    [LOCKED, 'it has a passphrase'],
  ])('%j is refused', (text, message) => {
    expect(() => parseOpensshKey(text)).toThrow(message);
  });
});
