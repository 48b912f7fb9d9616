import { TemplateError } from '../template-error.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BLOCK = 8;

/** RFC 4648, with padding. */
export function base32Encode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  const text = groups.map((group) => ALPHABET.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
  return text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK, '=');
}

/** @throws TemplateError when it is not Base32. */
export function base32Decode(text: string): Uint8Array {
  const compact = text.replaceAll(/[\r\n]/g, '');
  if (!/^[A-Z2-7]*={0,6}$/.test(compact) || compact.length % BLOCK !== 0)
    throw new TemplateError('argument 1 is not Base32');
  const digits = [...compact.replaceAll('=', '')];
  const bits = digits.map((char) => ALPHABET.indexOf(char).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
