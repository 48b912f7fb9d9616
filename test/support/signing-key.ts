import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { sshString } from '../../shared/adapters/git/ssh-wire.ts';

/** A new key: as `ssh-keygen -t ed25519 -N ''` writes it, and the line that its `.pub` file has. */
export interface MadeKey {
  readonly privateText: string;
  readonly publicText: string;
}

export function makeSigningKey(): MadeKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const [seed, publicKey] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const publicBlob = Buffer.concat([sshString('ssh-ed25519'), sshString(publicKey)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, publicBlob, sshString(Buffer.concat([seed, publicKey])), sshString('a comment')],
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (secret.length % 8)) % 8);
  const none = Buffer.concat([sshString('none'), sshString('none'), sshString('')]);
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[none, Buffer.from([0, 0, 0, 1]), sshString(publicBlob), sshString(Buffer.concat([secret, padding]))],
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  const privateText = [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----\n',
  ].join('\n');
  return { privateText, publicText: `ssh-ed25519 ${publicBlob.toString('base64')}` };
}
