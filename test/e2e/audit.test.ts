import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import type { LocalSystem } from '../../local/system.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import type { AuditEntryAnswer } from '../../shared/contract/audit.ts';
import { push } from '../support/api.ts';
import { checkedFetch } from '../support/checked-fetch.ts';
import { gimlet } from '../support/cli.ts';
import { artifactDocument } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';

const INTRUDER = { notAudited: 'done by an intruder' };
const HOLD = ['policy', 'hold', '--env', 'staging', '--app', 'shop'];

let system: LocalSystem;
let table: TableClient;

beforeAll(async () => {
  system = await startTestSystem({ sweepEverySeconds: 3_600 });
  const client = new DynamoDBClient({ ...LOCAL_AWS, endpoint: system.endpoints.dynamodb });
  table = new TableClient(system.tableName, () => ({ function: 'intruder' }), client);
  await push(system, artifactDocument());
  const follow = await cli('artifact', 'track', 'shop-1', '--wait', '--timeout', '60s');
  if (follow.code !== 0) throw new Error(follow.stderr);
  const held = await cli(...HOLD, '--reason', 'a look first');
  if (held.code !== 0) throw new Error(held.stderr);
  // A minute's work of the sweeper; what is written while it works, the next one seals.
  await system.host.invoke('sweeper', {});
}, 120_000);
afterAll(() => system.close());

const cli = (...args: string[]) =>
  gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken } });

async function listed(...args: string[]): Promise<AuditEntryAnswer[]> {
  const { code, stdout, stderr } = await cli('audit', 'list', '--limit', '100', '-o', 'json', ...args);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as AuditEntryAnswer[];
}

async function verify(...args: string[]) {
  const { code, stdout } = await cli('audit', 'verify', '-o', 'json', ...args);
  return {
    code,
    problems: JSON.parse(stdout).problems as { code: string; entry?: string; block?: number }[],
  };
}

/** Does something to the table, looks, and takes it back. */
async function tampered(
  key: { pk: string; sk: string },
  attribute: string,
  forge: (value: unknown) => unknown,
) {
  const value = (await table.get(key))?.[attribute];
  const set = (next: unknown) =>
    table.update(
      key,
      {
        UpdateExpression: 'SET #a = :v',
        ExpressionAttributeNames: { '#a': attribute },
        ExpressionAttributeValues: { ':v': next },
      },
      INTRUDER,
    );
  await set(forge(value));
  const found = await verify();
  await set(value);
  return found;
}

describe('the audit trail', () => {
  it('tells of a release from the artifact to the commit: who, what, why and from where', async () => {
    const trail = (await listed('--since', '1h')).toReversed();
    const [release] = trail.filter(({ action }) => action === 'release.create');
    expect(trail.find(({ action }) => action === 'artifact.accept')).toMatchObject({
      actor: 'admin',
      object: 'artifact/shop-1',
      from: { function: 'artifacts', ip: expect.any(String), requestId: expect.any(String) },
    });
    expect(release).toMatchObject({
      actor: 'policy',
      ...{ app: 'shop', env: 'staging', artifactId: 'shop-1', outcome: 'queued' },
      reason: expect.stringContaining('event push matches push'),
      from: { function: 'policy' },
    });
    const moves = await listed('--object', release?.object ?? '', '--action', 'release.move');
    expect(moves.toReversed().map(({ outcome, from }) => [outcome, from.function])).toEqual([
      ['rendering', 'renderer'],
      ['ready', 'renderer'],
      ['writing', 'writer'],
      ['released', 'writer'],
    ]);
    expect(moves[0]?.details).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(
      await listed('--action', 'target', '--actor', 'admin', '--app', 'shop', '--env', 'staging'),
    ).toMatchObject([
      { action: 'target.hold', outcome: 'held', reason: 'a look first', from: { function: 'admin' } },
    ]);
    expect(await listed('--until', '1h')).toEqual([]);
  });

  it('is paged without losing or repeating anything', async () => {
    const all = await listed();
    const paged: string[] = [];
    let path = '/api/audit?limit=2';
    while (path !== '') {
      const answer = await checkedFetch(system.url + path, {
        headers: { authorization: `Bearer ${system.adminToken}` },
      });
      paged.push(...((await answer.json()) as AuditEntryAnswer[]).map(({ id }) => id));
      path = /<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1] ?? '';
    }
    expect(paged).toEqual(all.map(({ id }) => id));
  });

  it('is exported as it was sealed', async () => {
    const { stdout } = await cli('audit', 'export');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string; hash: string });
    expect(JSON.parse((await cli('audit', 'export', '-o', 'json')).stdout)).toEqual(lines);
    const entries = lines.map(({ text }) => JSON.parse(text) as { id: string });
    expect(entries.map(({ id }) => id).toReversed()).toEqual((await listed()).map(({ id }) => id));
    expect((await cli('audit', 'export', '--after', '999')).stdout).toBe('');
  });

  it('is not shown to those who may not read it', async () => {
    const everywhere = ['--app', '*', '--env', '**', '--repository', '*', '--expires-in', '1h'];
    const { stdout } = await cli(
      ...['admin', 'token', 'create', '--name', 'limited', '--role', 'reader', ...everywhere, '-o', 'json'],
    );
    const env = { GIMLET_SERVER: system.url, GIMLET_TOKEN: JSON.parse(stdout).token as string };
    for (const command of ['list', 'verify', 'export']) {
      const { code, stderr } = await gimlet(['audit', command], { env });
      expect({ command, code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('audit:read'),
      });
    }
  });
});

describe('gimlet audit verify', () => {
  it('finds nothing wrong', async () => {
    expect(await verify()).toEqual({ code: 0, problems: [] });
    expect((await cli('audit', 'verify')).stdout).toContain('Right: nothing was changed.');
  });

  it('names the entry of which one byte was changed in the table', async () => {
    const [hold] = await listed('--action', 'target.hold');
    const forged = await tampered(keys.auditBlock(hold?.block ?? 0), 'entries', (value) =>
      (value as string[]).map((text) => text.replace('a look first', 'a lock first')),
    );
    expect(forged).toMatchObject({ code: 1, problems: [{ code: 'entry-changed', entry: hold?.id }] });
  });

  it('sees a log that was emptied, and one that knows more than the chain', async () => {
    const [hold] = await listed('--action', 'target.hold');
    const target = keys.target({ app: 'shop', env: 'staging' });
    expect(await tampered(target, 'auditLog', () => [])).toMatchObject({
      problems: [{ code: 'log-cut', entry: hold?.id }],
    });
    const stranger = `1:${'a'.repeat(64)}`;
    expect(await tampered(target, 'auditLog', (log) => [...(log as string[]), stranger])).toMatchObject({
      problems: [{ code: 'entry-missing', block: 1 }],
    });
  });

  it('sees that the end of the chain was cut off', async () => {
    const [last] = await listed();
    const head = keys.auditBlock(last?.block ?? 0);
    const kept = (await table.get(head)) ?? {};
    await table.remove(head, INTRUDER);
    const { code, problems } = await verify();
    await table.put(head, kept, INTRUDER);
    expect(code).toBe(1);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'chain-cut', block: last?.block }));
  });

  it('sees a block that is gone from between others', async () => {
    for (const reason of ['a second look', 'a third look']) {
      const { code, stderr } = await cli(...HOLD, '--reason', reason);
      if (code !== 0) throw new Error(stderr);
      await system.host.invoke('sweeper', {});
    }
    const [latest] = await listed('--action', 'target.hold');
    const key = keys.auditBlock((latest?.block ?? 0) - 1);
    const kept = (await table.get(key)) ?? {};
    await table.remove(key, INTRUDER);
    const { code, problems } = await verify();
    await table.put(key, kept, INTRUDER);
    expect(code).toBe(1);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'block-missing', block: (latest?.block ?? 0) - 1 }),
    );
    expect(await verify()).toEqual({ code: 0, problems: [] });
  });

  it('holds the chain against the heads in git: an end that is gone from all of the table shows there', async () => {
    const keep = () => system.host.invoke('writer', { ask: 'keep-audit-head' }).catch(() => undefined);
    await expect.poll(keep, { timeout: 60_000 }).toEqual({ kept: 1 });
    expect(await verify('--heads', system.gitopsRepoUrl)).toEqual({ code: 0, problems: [] });
    const [latest] = await listed();
    const [key, ledger] = [keys.auditBlock(latest?.block ?? 0), keys.auditLedger()];
    const kept = (await table.get(key)) ?? {};
    const noted = (await table.get(ledger)) ?? {};
    await table.remove(key, INTRUDER);
    await table.put(ledger, { ...noted, block: Number(kept['block']) - 1, hash: kept['previous'] }, INTRUDER);
    const fromTable = await verify();
    const fromGit = await verify('--heads', system.gitopsRepoUrl);
    await table.put(key, kept, INTRUDER);
    await table.put(ledger, noted, INTRUDER);
    expect(fromTable.problems.map(({ code }) => code)).not.toContain('chain-cut');
    expect(fromGit.problems).toContainEqual(
      expect.objectContaining({
        code: 'chain-cut',
        message: expect.stringMatching(/commit [0-9a-f]{12} of /),
      }),
    );
  });
});
