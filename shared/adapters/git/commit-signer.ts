import { UnprocessableError } from '../../errors/errors.ts';
import { MalformedError } from './malformed-error.ts';
import { parseOpensshKey, type SigningKey } from './openssh-key.ts';
import { sshFingerprint, sshSignature } from './ssh-signature.ts';

/** Signs the bytes of a commit; the armored signature. */
export type SignCommit = (commit: Uint8Array) => string;

/** Asked before commits are built, so that another key is taken up soon. */
export type CommitSigner = () => Promise<SignCommit>;

/**
 * Signs with the key that a secret holds, as `ssh-keygen -t ed25519` writes it.
 * @throws UnprocessableError `git-signing-key` when it holds none; nothing is written unsigned then.
 */
export function secretCommitSigner(secret: () => Promise<string>): CommitSigner {
  let made: { readonly text: string; readonly sign: SignCommit } | undefined;
  return async () => {
    const text = await secret();
    if (made?.text !== text) made = { text, sign: signerOf(text) };
    return made.sign;
  };
}

/**
 * Signs something with the key that a secret holds, as every commit would be. Answers the fingerprint of the key,
 * `SHA256:…`, as `ssh-keygen -l` shows it of the public half.
 * @throws as secretCommitSigner
 */
export function signingKeyTrial(secret: () => Promise<string>): () => Promise<string> {
  return async () => {
    const key = usableKey(await secret());
    sshSignature(key, Buffer.from('a commit'));
    return sshFingerprint(key);
  };
}

function signerOf(text: string): SignCommit {
  const key = usableKey(text);
  return (commit) => sshSignature(key, commit);
}

function usableKey(text: string): SigningKey {
  try {
    return parseOpensshKey(text);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new UnprocessableError(
      'git-signing-key',
      `Commits are to be signed, but the signing key can’t be used: ${error.message}. Put the file that ` +
        '`ssh-keygen -t ed25519 -N ""` makes into the secret of the signing key, or set signCommits to false.',
    );
  }
}
