/** What a git process says once, when it listens. */
export interface GitProcessReady {
  readonly port: number;
  /** What `SECRET_HEADER` must carry: other users of the machine reach the port too. */
  readonly secret: string;
}

export const SECRET_HEADER = 'gimletd-secret';
/** Environment of `git http-backend`, as base64url of JSON. */
export const ENVIRONMENT_HEADER = 'gimletd-environment';
/** Of an answer: why git could not be run, as base64url. */
export const FAILURE_HEADER = 'gimletd-failure';

export function encodeHeader(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function decodeHeader(text: string | string[] | undefined): unknown {
  return JSON.parse(Buffer.from(String(text), 'base64url').toString('utf8'));
}
