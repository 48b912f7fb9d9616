import { createHash, sign } from 'node:crypto';
import { ED25519, type SigningKey } from './openssh-key.ts';
import { sshString } from './ssh-wire.ts';

const MAGIC = Buffer.from('SSHSIG');
const VERSION = Buffer.from([0, 0, 0, 1]);
/** What a signature of git's is for: one made for something else is none of a commit. */
const NAMESPACE = 'git';
const HASH = 'sha512';
const LINE = 70;

/** Signs bytes as `ssh-keygen -Y sign -n git` does (SSHSIG, version 1); the armored text ends without a newline. */
export function sshSignature({ privateKey, publicKey }: SigningKey, payload: Uint8Array): string {
  const digest = createHash(HASH).update(payload).digest();
  const context = [sshString(NAMESPACE), sshString(''), sshString(HASH)];
  const signed = Buffer.concat([MAGIC, ...context, sshString(digest)]);
  const signature = sign(null, signed, privateKey);
  const blob = Buffer.concat([
    ...[MAGIC, VERSION],
    sshString(publicBlob(publicKey)),
    ...context,
    sshString(Buffer.concat([sshString(ED25519), sshString(signature)])),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
}

/** What people know a key by: `SHA256:` and the hash of its public half. */
export function sshFingerprint({ publicKey }: Pick<SigningKey, 'publicKey'>): string {
  const hash = createHash('sha256').update(publicBlob(publicKey)).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

function publicBlob(publicKey: Buffer): Buffer {
  return Buffer.concat([sshString(ED25519), sshString(publicKey)]);
}
