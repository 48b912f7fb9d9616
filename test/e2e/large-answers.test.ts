import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import type { LocalSystem } from '../../local/system.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import type { Version } from '../../shared/artifact/artifact.ts';
import { statusAnswer } from '../../shared/contract/answers.ts';
import { diffAnswer } from '../../shared/contract/previews.ts';
import { newRelease, type TargetName } from '../../shared/release/release.ts';
import { renderMark } from '../../shared/release/release-marks.ts';
import { call, push } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { artifactDocument, RESEND } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';

/** Its host answers no more than Lambda does. */
let system: LocalSystem;
let client: DynamoDBClient;
let table: TableClient;
beforeAll(async () => {
  system = await startTestSystem();
  const { region, credentials } = LOCAL_AWS;
  client = new DynamoDBClient({ endpoint: system.endpoints.dynamodb, region, credentials });
  table = new TableClient(system.tableName, () => ({ function: 'test' }), client);
});
afterAll(async () => {
  client.destroy();
  await system.close();
});

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

function cli(...args: string[]) {
  return gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken } });
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
  });

  it('is paged: the status of an environment, which the CLI shows as one', async () => {
    const apps = [...Array(20).keys()].map((n) => `app-${String(n).padStart(2, '0')}`);
    const message = '"猫'.repeat(50_000);
    await Promise.all(apps.map((app) => runs({ app, env: 'bulky' }, { message })));
    const found = await pages('/api/status?env=bulky');
    expect(found.length).toBeGreaterThan(1);
    expect(found.flatMap((page) => Object.keys(statusAnswer.parse(page)))).toEqual(apps);
    const { code, stdout, stderr } = await cli('release', 'status', '--env', 'bulky', '-o', 'json');
    expect(code, stderr).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(apps);
  });

  it('is paged: what runs in two environments, with the beginnings of messages', async () => {
    const apps = [...Array(90).keys()].map((n) => `app-${String(n).padStart(2, '0')}`);
    const [line, message] = ['"'.repeat(1_000), '"'.repeat(2_000)];
    const people = { authorName: line, authorEmail: line, committerName: line, committerEmail: line };
    const texts = { ...people, url: line.repeat(2), message };
    await Promise.all(apps.map((app) => runs({ app, env: 'wordy' }, texts)));
    const found = await pages('/api/diff?from=wordy&to=wordy');
    expect(found.length).toBeGreaterThan(1);
    const args = ['release', 'diff', '--from', 'wordy', '--to', 'wordy', '-o', 'json'];
    const { stdout, stderr } = await cli(...args);
    expect(stderr).toBe('');
    const whole = diffAnswer.parse(JSON.parse(stdout));
    expect(whole.apps.map(({ app }) => app)).toEqual(apps);
    expect(whole.apps[0]?.from?.version.message).toBe(`${message.slice(0, 1_000)}…`);
  });
});

/** Has an app run, by a release whose artifact came with long texts. */
async function runs({ app, env }: TargetName, texts: Partial<Version>): Promise<void> {
  const now = Date.now();
  const release = newRelease(
    {
      ...{
        id: `rel-${env}-${app}`,
        app,
        env,
        change: { kind: 'deploy' },
        artifactId: `${app}-1`,
        manifestIndex: 0,
      },
      version: { repositoryName: `acme/${app}`, sha: 'abc1', event: 'push', branch: 'main', ...texts },
      ...{ cause: 'arrival', automatic: true, triggeredBy: 'policy', reason: 'released', order: 1 },
      location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
    },
    now,
  );
  const never = { ...RESEND, firstMs: RESEND.maxMs };
  await new ReleaseStore(table).create(
    { ...release, state: 'released', bundle: 'b', commit: 'c0ffee', times: { queued: now, released: now } },
    renderMark(release, 1, now, never),
  );
  await new TargetStore(table).recordWritten(
    { app, env },
    { releaseId: release.id, artifactId: release.artifactId, order: 1, tree: 'f00', writtenAt: now },
  );
}
