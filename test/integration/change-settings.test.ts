import { beforeEach, describe, expect, it } from 'vitest';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import {
  holdSettings,
  MAX_SETTINGS_BYTES,
  putSettings,
  type SettingsPorts,
} from '../../shared/release/change-settings.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import type { SettingsDocument } from '../../shared/release/settings-schema.ts';
import { freshEmbeddedForTests } from '../support/services-for-tests.ts';
import { makeStores, type Stores } from '../support/stores.ts';

const repo = 'https://git.example.com/gitops.git';
const deployed = readDeployed(
  JSON.stringify({
    gitops: { repo },
    gitopsHosts: ['github.com'],
    environments: { production: { protected: true } },
    branchRestrictions: [{ env: 'production', branchPattern: 'main' }],
    writerLanes: 2,
  }),
);

const embedded = freshEmbeddedForTests();
let stores: Stores;
let ports: SettingsPorts;
beforeEach(() => {
  stores = makeStores(embedded());
  ports = { deployed, versions: new SettingsStore(stores.table), targets: stores.targets };
}, 60_000);

let now = 1_000;
const put = (sent: unknown, context: { ifMatch?: number | '*'; ifNoneMatch?: true; dryRun?: boolean } = {}) =>
  putSettings(ports, sent, { changedBy: 'jane', now: ++now, ...context });
const stored = async () => holdSettings(deployed, await ports.versions.newest());

/** The problems of settings that must be refused, by path. */
async function refused(sent: unknown): Promise<Record<string, string>> {
  const error = await put(sent).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'bad-settings' });
  const { errors } = error as { errors: { path: string; message: string }[] };
  return Object.fromEntries(errors.map(({ path, message }) => [path, message]));
}

describe('settings', () => {
  it('are stored beside what is deployed, with who changed what', async () => {
    const { held, changes } = await put({
      environments: { staging: { releases: 'keep-all' } },
      previewMaxAgeDays: 3,
    });
    expect(held).toMatchObject({
      version: 1,
      stored: { changedBy: 'jane', changedAt: now },
      document: {
        gitops: { repo },
        environments: { staging: { releases: 'keep-all' }, production: { protected: true } },
      },
      problems: [],
    });
    expect(changes).toEqual([
      { path: 'environments.staging.releases', after: 'keep-all' },
      { path: 'previewMaxAgeDays', after: 3 },
    ]);
    const next = await put({ environments: { staging: { releases: 'latest' } } });
    expect(next.changes).toEqual([
      { path: 'environments.staging.releases', before: 'keep-all', after: 'latest' },
      { path: 'previewMaxAgeDays', before: 3 },
    ]);
    expect((await ports.versions.list({ limit: 10 })).map(({ version }) => version)).toEqual([2, 1]);
    expect((await ports.versions.list({ limit: 10, before: 2 })).map(({ version }) => version)).toEqual([1]);
  });

  it('can be sent back as they were answered, whatever of it is deployed', async () => {
    const { held } = await put({ environments: { staging: { feedback: 'flux' } } });
    const again = await put(held.document);
    expect(again).toMatchObject({ held: { version: 1 }, changes: [] });
    expect(again.held.stored?.document).toEqual({ environments: { staging: { feedback: 'flux' } } });
  });

  it('name all that is wrong at once, each with its path', async () => {
    expect(
      await refused({
        gitops: { repo: 'https://git.example.com/other.git' },
        environments: {
          production: { protected: false },
          staging: { cluster: 'us' },
          far: { gitops: { repo: 'https://evil.example.com/gitops.git' } },
        },
        branchRestrictions: [],
        writerLanes: 3,
      }),
    ).toEqual({
      gitops: expect.stringMatching(/fixed by the deployed/),
      'environments.production.protected': expect.stringMatching(/fixed by the deployed/),
      'environments.staging.cluster': expect.stringMatching(/'us' is not in clusters/),
      'environments.far.gitops.repo': expect.stringMatching(
        /must be at https:\/\/git\.example\.com or https:\/\/github\.com.*gitopsHosts/,
      ),
      branchRestrictions: expect.stringMatching(/fixed by the deployed/),
      writerLanes: expect.stringMatching(/fixed by the deployed/),
    });
    expect(
      await refused({
        environments: {
          'Not a slug': {},
          flux: {},
          staging: { kubeVersion: 'new', colour: 'blue', gitops: { branch: 'a..b' } },
        },
        teams: { web: { apps: ['{x'] } },
        bot: { name: 'Bot <x>', email: 'bot\nAuthor: x' },
        seasons: 4,
      }),
    ).toEqual({
      seasons: expect.stringMatching(/no field/),
      'environments.Not a slug': expect.stringMatching(/lower-case/),
      'environments.flux': expect.stringMatching(/reserved/),
      'environments.staging.colour': expect.stringMatching(/no field/),
      'environments.staging.kubeVersion': expect.stringMatching(/1\.34\.1/),
      'environments.staging.gitops.branch': expect.stringMatching(/no branch/),
      'teams.web.apps[0]': expect.stringMatching(/\{/),
      'bot.name': expect.any(String),
      'bot.email': expect.any(String),
    });
    expect((await stored()).version).toBe(0);
  });

  it('take a repo on a host that the operator lets the credential go to', async () => {
    const gitops = { repo: 'https://github.com/acme/gitops.git' };
    expect((await put({ environments: { far: { gitops } } })).held.version).toBe(1);
  });

  it('are too large when every function would have to read so much, again and again', async () => {
    const apps = Array.from({ length: 150 }, (_, n) => `${'x'.repeat(900)}${n}`);
    await expect(put({ teams: { web: { apps } } })).rejects.toMatchObject({
      code: 'settings-too-large',
      message: expect.stringContaining(String(MAX_SETTINGS_BYTES)),
    });
  });

  it('are only tried with dryRun', async () => {
    expect(await put({ previewMaxAgeDays: 3 }, { dryRun: true })).toMatchObject({
      held: { document: { previewMaxAgeDays: 3 } },
      changes: [{ path: 'previewMaxAgeDays', after: 3 }],
    });
    expect((await stored()).version).toBe(0);
  });

  it('are refused when they were made for others than those that are stored', async () => {
    await put({ previewMaxAgeDays: 3 }, { ifMatch: 0 });
    const error = {
      code: 'settings-changed',
      message: expect.stringMatching(/version is 1, by jane/),
      data: { version: 1 },
    };
    await expect(put({ previewMaxAgeDays: 4 }, { ifMatch: 0 })).rejects.toMatchObject(error);
    await expect(put({ previewMaxAgeDays: 4 }, { ifNoneMatch: true })).rejects.toMatchObject(error);
    await put({ previewMaxAgeDays: 4 }, { ifMatch: 1 });
    expect((await put({ previewMaxAgeDays: 5 }, { ifMatch: '*' })).held.version).toBe(3);
  });

  it('lose no update when many change them at once', async () => {
    const days = [1, 2, 3, 4];
    const blind = await Promise.all(days.map((previewMaxAgeDays) => put({ previewMaxAgeDays })));
    expect(blind.map(({ held }) => held.version).sort()).toEqual(days);
    const history = await ports.versions.list({ limit: 10 });
    // Each says what it was made on: the chain of changes has no gap.
    const [, ...earlier] = history.map(({ document }) => document.previewMaxAgeDays);
    const befores = history.map(({ changes }) => changes[0]?.before);
    expect(befores).toEqual([...earlier, undefined]);
    const guarded = await Promise.allSettled(
      days.map((day) => put({ previewMaxAgeDays: day + 10 }, { ifMatch: days.length })),
    );
    expect(guarded.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('say what stays behind when an environment is written to another place', async () => {
    const target = { env: 'staging', app: 'shop' };
    const order = await stores.targets.allocateNext(target);
    const running = {
      releaseId: 'rel-1',
      artifactId: 'shop-1',
      commit: 'c',
      tree: 't',
      place: '1',
      order,
      writtenAt: 1,
    };
    await stores.targets.recordWritten(target, running);
    const { moved } = await put({
      environments: { staging: { gitops: { branch: 'live' } }, empty: { gitops: { branch: 'x' } } },
    });
    expect(moved).toEqual([
      {
        env: 'staging',
        from: { repo, branch: 'main', layout: 'directories' },
        to: { repo, branch: 'live', layout: 'directories' },
        apps: ['shop'],
      },
    ]);
  });

  it('hold although a later deployment contradicts them, which is told', async () => {
    await put({ environments: { solo: { gitops: { branch: 'live', layout: 'flat' } } } });
    const later: Partial<SettingsDocument> = { environments: { other: { gitops: { branch: 'live' } } } };
    const next = readDeployed(JSON.stringify({ gitops: { repo }, ...later }));
    const { problems } = holdSettings(next, await ports.versions.newest());
    expect(problems).toEqual([
      { path: 'environments.solo.gitops', message: expect.stringMatching(/'other' would be there/) },
    ]);
  });
});
