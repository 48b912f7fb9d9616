import { createHash, createPublicKey, verify } from 'node:crypto';

/** What `git cat-file commit` shows of a signed commit, in the two parts that verification takes. */
export function splitSigned(commit: string): { readonly payload: string; readonly signature: string } {
  const [, before = '', signature = '', after = ''] =
    /^([\s\S]*?\n)gpgsig (-----BEGIN SSH SIGNATURE-----\n(?: .*\n)+)([\s\S]*)$/.exec(commit) ?? [];
  return { payload: before + after, signature: signature.replaceAll('\n ', '\n') };
}

/**
 * Whether a signature is git's kind of one, by this key. It reads SSHSIG from its description (PROTOCOL.sshsig of
 * OpenSSH) and shares nothing with what makes signatures.
 */
export function isSignedBy(publicText: string, payload: string, signature: string): boolean {
  const blob = Buffer.from(signature.replace(/-----.*?-----|\s/g, ''), 'base64');
  const fields: Buffer[] = [];
  for (let at = 10; at < blob.length; at += 4 + blob.readUInt32BE(at)) {
    fields.push(blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at)));
  }
  const [key, namespace, reserved, hash, signed] = fields as [Buffer, Buffer, Buffer, Buffer, Buffer];
  if (blob.subarray(0, 10).toString('latin1') !== 'SSHSIG\0\0\0\x01') return false;
  if (key.toString('base64') !== publicText.split(' ')[1]) return false;
  if (`${namespace} ${reserved} ${hash}` !== 'git  sha512') return false;
  const x = key.subarray(-32).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const digest = createHash('sha512').update(payload).digest();
  const length = (part: Buffer) => Buffer.from([0, 0, 0, part.length]);
  const context = [namespace, reserved, hash, digest].flatMap((part) => [length(part), part]);
  return verify(null, Buffer.concat([Buffer.from('SSHSIG'), ...context]), publicKey, signed.subarray(-64));
}
