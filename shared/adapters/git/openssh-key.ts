import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { MalformedError } from './malformed-error.ts';
import { SshReader } from './ssh-wire.ts';

const ARMOR =
  /^-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*$/;
const MAGIC = 'openssh-key-v1\0';
export const ED25519 = 'ssh-ed25519';
const KEY_BYTES = 32;

/** An Ed25519 key that signs, and its public half as 32 bytes. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

/**
 * Reads a private key as `ssh-keygen -t ed25519` writes it, without a passphrase.
 * @throws MalformedError, which holds nothing of the key.
 */
export function parseOpensshKey(text: string): SigningKey {
  const [, base64] = ARMOR.exec(text.trim()) ?? [];
  if (base64 === undefined) throw new MalformedError('it is no OpenSSH private key');
  const reader = new SshReader(Buffer.from(base64, 'base64'));
  if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC)
    throw new MalformedError('its format is unknown');
  const cipher = reader.string().toString();
  // How the passphrase is stretched: not at all.
  reader.string();
  reader.string();
  if (cipher !== 'none') throw new MalformedError('it has a passphrase: make one without');
  if (reader.uint32() !== 1) throw new MalformedError('it must be one key');
  // The public half, which stands in the secret part again.
  reader.string();
  const secret = new SshReader(reader.string());
  const [check, again] = [secret.uint32(), secret.uint32()];
  if (check !== again) throw new MalformedError('it is damaged');
  if (secret.string().toString() !== ED25519) throw new MalformedError('it is no Ed25519 key');
  const publicKey = secret.string();
  const seed = secret.string().subarray(0, KEY_BYTES);
  return checked(seed, publicKey);
}

function checked(seed: Buffer, publicKey: Buffer): SigningKey {
  if (seed.length !== KEY_BYTES || publicKey.length !== KEY_BYTES) throw new MalformedError('it is damaged');
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    d: seed.toString('base64url'),
    x: publicKey.toString('base64url'),
  };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  if (createPublicKey(privateKey).export({ format: 'jwk' }).x === jwk.x) return { privateKey, publicKey };
  throw new MalformedError('its halves do not belong together');
}
