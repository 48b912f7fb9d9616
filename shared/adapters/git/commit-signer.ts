import { UnprocessableError } from '../../errors/errors.ts';
import { MalformedError } from './malformed-error.ts';
import { parseOpensshKey } from './openssh-key.ts';
import { sshSignature } from './ssh-signature.ts';

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

function signerOf(text: string): SignCommit {
  try {
    const key = parseOpensshKey(text);
    return (commit) => sshSignature(key, commit);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new UnprocessableError(
      'git-signing-key',
      `Commits are to be signed, but the signing key can’t be used: ${error.message}. Put the file that ` +
        '`ssh-keygen -t ed25519 -N ""` makes into the secret of the signing key, or set signCommits to false.',
    );
  }
}
