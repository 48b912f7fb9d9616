import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import type { LocalSystem } from '../../local/system.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { statusAnswer } from '../../shared/contract/answers.ts';
import { newRelease } from '../../shared/release/release.ts';
import { renderMark } from '../../shared/release/release-marks.ts';
import { call, push } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { artifactDocument, RESEND } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';

/** Its host answers no more than Lambda does. */
let system: LocalSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

/** The pages of a list, to its end. */
async function pages(path: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, body, headers } = await call(system, next);
    expect(status).toBe(200);
    found.push(body);
    next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  return found;
}

describe('what is more than one answer of a function can hold', () => {
  it('is paged: 20 artifacts of a megabyte, full of quotes, which take twice their room in an answer', async () => {
    const ids = [...Array(20).keys()].map((n) => `big-${n}`);
    // In JSON a quote takes two bytes: this is as much as is taken.
    const values = { text: '"'.repeat(524_000) };
    for (const id of ids) {
      const environments = [{ app: 'big', env: 'staging', namespace: 'team', values }];
      await push(system, artifactDocument({ id, environments }));
    }
    const found = (await pages('/api/artifacts?app=big&limit=20')) as { readonly id: string }[][];
    expect(found.flat().map(({ id }) => id)).toEqual(ids.toReversed());
    expect(found.length).toBeGreaterThan(9);
    const summary = await pages('/api/artifacts?app=big&limit=20&view=summary');
    expect(summary.length).toBeLessThanOrEqual(found.length);
  });

  it('is paged: the status of an environment, which the CLI shows as one', async () => {
    const apps = [...Array(40).keys()].map((n) => `app-${String(n).padStart(2, '0')}`);
    await Promise.all(apps.map((app) => runs(app, 'bulky')));
    const found = await pages('/api/status?env=bulky');
    expect(found.length).toBeGreaterThan(1);
    expect(found.flatMap((page) => Object.keys(statusAnswer.parse(page)))).toEqual(apps);
    const args = [
      'release',
      'status',
      '--env',
      'bulky',
      '--server',
      system.url,
      '--token',
      system.adminToken,
    ];
    const { code, stdout, stderr } = await gimlet([...args, '-o', 'json']);
    expect(code, stderr).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(apps);
  });
});

/** Has an app run, by a release whose artifact came with a long message. */
async function runs(app: string, env: string): Promise<void> {
  const { region, credentials } = LOCAL_AWS;
  const client = new DynamoDBClient({ endpoint: system.endpoints.dynamodb, region, credentials });
  const table = new TableClient(system.tableName, () => ({ function: 'test' }), client);
  const now = Date.now();
  const message = '"猫'.repeat(50_000);
  const release = newRelease(
    {
      ...{ id: `rel-${app}`, app, env, change: { kind: 'deploy' }, artifactId: `${app}-1`, manifestIndex: 0 },
      version: { repositoryName: `acme/${app}`, sha: 'abc1', event: 'push', branch: 'main', message },
      ...{ cause: 'arrival', automatic: true, triggeredBy: 'policy', reason: 'released', order: 1 },
      location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
    },
    now,
  );
  const never = { ...RESEND, firstMs: RESEND.maxMs };
  await new ReleaseStore(table).create(
    { ...release, state: 'released', commit: 'c0ffee', times: { queued: now, released: now } },
    renderMark(release, 1, now, never),
  );
  await new TargetStore(table).recordWritten(
    { app, env },
    { releaseId: release.id, artifactId: release.artifactId, order: 1, tree: 'f00', writtenAt: now },
  );
  client.destroy();
}
