import { UnreachableError } from './api-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of that name: check GIMLET_SERVER or --server',
  EAI_AGAIN: 'the name could not be looked up: is there a network?',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: give its authority in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed: give its authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is from an unknown authority: give that in NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** What fetch threw, in words that name the fix. */
export function unreachable(server: string, error: unknown): UnreachableError {
  const code = errorCode(error);
  if (code === 'ECONNREFUSED') {
    return new UnreachableError(`Nothing listens at ${server}.`, {
      code: 'unreachable',
      hint: 'Is it running? npm start runs a server on this machine.',
      cause: error,
    });
  }
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  const reason = timedOut ? 'no answer in time' : (REASONS[code ?? ''] ?? code ?? reasonOf(error));
  return new UnreachableError(`Could not reach ${server}: ${reason}.`, { code: 'unreachable', cause: error });
}

/** Whether the server may have been there and the connection failed midway. */
export function isPassingFault(error: unknown): boolean {
  return ['ECONNRESET', 'UND_ERR_SOCKET', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE'].includes(errorCode(error) ?? '');
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** fetch wraps what happened in a TypeError, and tries of several addresses in one more. */
function errorCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const code = first instanceof Error && 'code' in first ? first.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
