/**
 * What a server sent is not what git's formats allow: cut off, corrupt, or too large to be read. Thrown by every codec
 * here and translated at the edge, in `RemoteRepo`.
 */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
