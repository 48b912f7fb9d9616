import { createHash } from 'node:crypto';
import { fixed, type TemplateFunction, text } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { base32Decode, base32Encode } from './base32.ts';

/** sprig's encodings and digests, all of the UTF-8 bytes of a text. */
export const ENCODING_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  b64enc: fixed([text], ([value]) => Buffer.from(value).toString('base64')),
  b64dec: fixed([text], ([value]) => base64Decode(value)),
  b32enc: fixed([text], ([value]) => base32Encode(Buffer.from(value))),
  b32dec: fixed([text], ([value]) => Buffer.from(base32Decode(value)).toString()),
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
  sha512sum: digest('sha512'),
  adler32sum: fixed([text], ([value]) => String(adler32(Buffer.from(value)))),
};

function digest(algorithm: string): TemplateFunction {
  return fixed([text], ([value]) => createHash(algorithm).update(value).digest('hex'));
}

function base64Decode(value: string): string {
  const compact = value.replaceAll(/[\r\n]/g, '');
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(compact) && compact.length % 4 === 0;
  if (!isBase64) throw new TemplateError('argument 1 is not Base64');
  return Buffer.from(compact, 'base64').toString();
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}
