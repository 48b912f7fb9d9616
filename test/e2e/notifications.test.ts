import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SECRET_IDS } from '../../local/secrets.ts';
import type { LocalSystem } from '../../local/system.ts';
import { call, numbered, push } from '../support/api.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

const key = randomBytes(32);

const dataDirectory = folderForTests();
let receiver: ScriptedServer;
let system: LocalSystem;

beforeAll(async () => {
  receiver = await scriptedServer({ status: 503 }, { status: 204 });
  const secrets = {
    [SECRET_IDS.notificationSecrets]: JSON.stringify({ hook: `whsec_${key.toString('base64')}` }),
  };
  await mkdir(dataDirectory, { recursive: true });
  await writeFile(join(dataDirectory, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
  system = await startTestSystem({
    dataDirectory,
    sweepEverySeconds: 1,
    resendAfterSeconds: 1,
    settings: { notifications: [{ type: 'webhook', name: 'hook', url: receiver.url, secret: 'hook' }] },
  });
});
afterAll(async () => {
  await system.close();
  await receiver[Symbol.asyncDispose]();
});

/** Types of what was told, once for each id. */
function told(): string[] {
  return [
    ...new Map(
      receiver.calls.map(({ headers, body }) => [headers['webhook-id'], JSON.parse(body).type]),
    ).values(),
  ];
}

it('tells a program, signed and through its troubles, what happens to a release and a hold', async () => {
  await push(system, numbered('shop', 1));
  await expect.poll(told, { timeout: 60_000, interval: 100 }).toEqual(['release.released']);
  await expect.poll(() => receiver.calls.length, { timeout: 30_000, interval: 100 }).toBeGreaterThan(1);
  const [first, second] = receiver.calls;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  for (const { headers, body } of receiver.calls) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
  }
  expect(
    (await call(system, '/api/holds/staging/shop', { method: 'PUT', body: { reason: 'looking' } })).status,
  ).toBe(200);
  await expect.poll(told, { timeout: 30_000, interval: 100 }).toEqual(['release.released', 'hold.placed']);
  expect((await call(system, '/api/holds/staging/shop', { method: 'DELETE' })).status).toBe(200);
  await expect
    .poll(told, { timeout: 30_000, interval: 100 })
    .toEqual(['release.released', 'hold.placed', 'hold.lifted']);
}, 150_000);
