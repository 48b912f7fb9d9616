import { createHmac, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookBody, webhookHeaders } from '../../../shared/notification/webhook.ts';
import { folderForTest } from '../../support/test-folder.ts';

const DOCS = fileURLToPath(new URL('../../../docs/notifications.md', import.meta.url));
const SENT_AT = 1_764_061_200_500;
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

type IsFromGimletd = (headers: object, body: string, secret: string, now?: number) => boolean;

/** The very lines that receivers are told to take. */
async function documentedCheck(): Promise<IsFromGimletd> {
  const [, snippet = ''] = /```js\n([\s\S]+?)```/.exec(await readFile(DOCS, 'utf8')) ?? [];
  const file = join(folderForTest(), 'check.mjs');
  await writeFile(file, snippet);
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)).isFromGimletd;
}

describe('the signature of a webhook', () => {
  it('is as Standard Webhooks says', () => {
    const headers = webhookHeaders(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' },
      '{"test": 2432232314}',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      1_614_265_330_000,
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('passes the check of the docs, and nothing else does', async () => {
    const check = await documentedCheck();
    const secret = newSecret();
    const now = SENT_AT / 1000;
    fc.assert(
      fc.property(fc.string(), fc.string(), (body, other) => {
        const headers = webhookHeaders({ id: 'evt-1' }, body, secret, SENT_AT);
        expect(check(headers, body, secret, now)).toBe(true);
        expect(check(headers, body, newSecret(), now)).toBe(false);
        expect(check(headers, body, secret, now + 301)).toBe(false);
        expect(check({ ...headers, 'webhook-id': 'evt-2' }, body, secret, now)).toBe(false);
        if (other !== body) expect(check(headers, other, secret, now)).toBe(false);
      }),
    );
    expect(check({}, '', secret, now)).toBe(false);
  });

  it('is made with each key, so that keys can be changed', () => {
    const [before, after] = [newSecret(), newSecret()];
    const { 'webhook-signature': signature } = webhookHeaders(
      { id: 'evt-1' },
      'b',
      `${after} ${before}\n`,
      SENT_AT,
    );
    const expected = [after, before].map((secret) => {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update('evt-1.1764061200.b').digest('base64')}`;
    });
    expect(signature).toBe(expected.join(' '));
  });

  it.each(['', 'secret', 'whsec_', 'whsec_c2hvcnQ=', `${newSecret()} second`])(
    'is not made with %j',
    (secret) => {
      expect(() => webhookHeaders({ id: 'evt-1' }, 'b', secret, SENT_AT)).toThrowError(/whsec_/);
    },
  );
});

describe('the body of a webhook', () => {
  it('has a type, a time, and what it is about', () => {
    const notice = {
      id: 'evt-1',
      type: 'hold.placed' as const,
      at: SENT_AT,
      env: 'staging',
      app: 'shop',
      text: 'held',
      data: { holdId: 'h' },
    };
    expect(JSON.parse(webhookBody(notice))).toEqual({
      type: 'hold.placed',
      timestamp: '2025-11-25T09:00:00.500Z',
      data: { env: 'staging', app: 'shop', text: 'held', holdId: 'h' },
    });
  });
});
