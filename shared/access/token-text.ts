import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The two parts of a token that tell whose it is, and that it is theirs. */
export interface TokenParts {
  readonly id: string;
  /** 256 random bits, as text. */
  readonly secret: string;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Letters and digits that 32 bytes and a CRC-32 need at most. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const TOKEN = /^gmt_([a-z0-9]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** Bytes of chance that a new token needs: 8 for its id, 32 for its secret. */
const TOKEN_ID_BYTES = 8;
const TOKEN_SECRET_BYTES = 32;

/**
 * `gmt_<id>_<secret>_<checksum>`: the prefix and the checksum (CRC-32 of all before it) let scanners tell a token from
 * any other text, without asking us.
 */
export function formatToken({ id, secret }: TokenParts): string {
  const text = `gmt_${id}_${secret}`;
  return `${text}_${checksumOf(text)}`;
}

/** Undefined when a text is no token: nothing needs to be looked up for it. */
export function parseToken(text: string): TokenParts | undefined {
  const [, id, secret, checksum] = TOKEN.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return checksumOf(`gmt_${id}_${secret}`) === checksum ? { id, secret } : undefined;
}

/** The parts of a new token, made of random bytes. */
export function newTokenParts(random: (bytes: number) => Uint8Array): TokenParts {
  const id = base62(random(TOKEN_ID_BYTES), 12, ALPHABET.slice(0, 10) + ALPHABET.slice(36));
  return { id: id.slice(-12), secret: newSecret(random) };
}

export function newSecret(random: (bytes: number) => Uint8Array): string {
  return base62(random(TOKEN_SECRET_BYTES), SECRET_LENGTH);
}

/** What is kept of a secret: its SHA-256, hex. There is nothing to guess in 256 random bits, so it needs no salt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes, CHECKSUM_LENGTH);
}

/** Bytes as a number in a base, padded to a length. */
function base62(bytes: Uint8Array, length: number, alphabet = ALPHABET): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const base = BigInt(alphabet.length);
  let text = '';
  while (rest > 0n) {
    text = alphabet.charAt(Number(rest % base)) + text;
    rest /= base;
  }
  return text.padStart(length, alphabet.charAt(0));
}
