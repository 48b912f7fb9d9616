import { createHmac } from 'node:crypto';
import { UnprocessableError } from '../errors/errors.ts';
import type { Notice } from './notice.ts';

/** What is posted, byte for byte the same at every attempt. */
export function webhookBody({ type, at, env, app, text, reason, data }: Notice): string {
  return JSON.stringify({
    type,
    timestamp: new Date(at).toISOString(),
    data: { ...(env && { env }), ...(app && { app }), text, ...(reason && { reason }), ...data },
  });
}

/**
 * The headers of Standard Webhooks: the id that stays the same, when it is sent (unix seconds), and a signature for
 * each key that the secret holds (`whsec_…`, separated by spaces), so that a receiver can change keys at its leisure.
 * @throws UnprocessableError `bad-webhook-secret`; the secret is not in it.
 */
export function webhookHeaders(
  { id }: Pick<Notice, 'id'>,
  body: string,
  secret: string,
  sentAt: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(sentAt / 1000));
  const signatures = keysOf(secret).map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

const KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** Standard Webhooks asks for 24 to 64. */
const LEAST_BYTES = 24;

function keysOf(secret: string): Buffer[] {
  const words = secret.trim().split(/\s+/);
  const keys = words.map((word) => Buffer.from(KEY.exec(word)?.[1] ?? '', 'base64'));
  if (keys.every(({ length }) => length >= LEAST_BYTES)) return keys;
  throw new UnprocessableError(
    'bad-webhook-secret',
    `the secret must be whsec_ and at least ${LEAST_BYTES} random bytes in base64; several are separated by spaces`,
  );
}
