import { TemplateError } from '../template-error.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BLOCK = 8;

/** RFC 4648, with padding. */
export function base32Encode(bytes: Uint8Array): string {
  let text = '';
  let [bits, held] = [0, 0];
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (held += 8; held >= 5; held -= 5) text += ALPHABET.charAt((bits >>> (held - 5)) & 31);
    bits &= 31;
  }
  if (held > 0) text += ALPHABET.charAt((bits << (5 - held)) & 31);
  return text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK, '=');
}

/** @throws TemplateError when it is not Base32. */
export function base32Decode(text: string): Uint8Array {
  const compact = text.replaceAll(/[\r\n]/g, '');
  if (!/^[A-Z2-7]*={0,6}$/.test(compact) || compact.length % BLOCK !== 0)
    throw new TemplateError('argument 1 is not Base32');
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const char of compact.replaceAll('=', '')) {
    bits = ((bits << 5) | ALPHABET.indexOf(char)) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >>> held) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}
