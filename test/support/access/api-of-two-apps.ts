import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import type { Operation } from '../../../shared/contract/routes.ts';
import { createRelease } from '../../../shared/release/create-release.ts';
import { decideArtifact } from '../../../shared/release/decide-artifact.ts';
import { parseSettings } from '../../../shared/release/settings.ts';
import { type ApiAttempt, makeApi } from '../api-functions.ts';
import { type Embedded, startEmbedded } from '../embedded.ts';
import { accept, makeStores, type Stores } from '../stores.ts';
import { APPS, type App, attemptsOf, ENVIRONMENTS, pushed, type Target } from './attempts.ts';

/** Settings with a protected environment, which needs more approvals than there are roles, and with teams. */
export const SETTINGS = JSON.stringify({
  gitops: { repo: 'https://git.example.com/acme/gitops.git' },
  environments: { staging: {}, production: { protected: true, approvals: { required: 10 } } },
  teams: { sales: { apps: ['sh?p'] }, none: { apps: ['nothing'] } },
});

export interface StartedApi {
  readonly embedded: Embedded;
  readonly stores: Stores;
  readonly api: ReturnType<typeof makeApi>;
  /** A release to staging of each app, rendered. */
  readonly releaseOf: Readonly<Record<App, string>>;
}

export interface ApiOfTwoApps {
  /** What there is once the tests have begun. */
  started(): StartedApi;
  call: StartedApi['api']['call'];
  /** A request of every operation on what there is. */
  attempts(target: Target): Record<Operation, ApiAttempt>;
  /** Everything that is stored, and how many messages wait. */
  everything(): Promise<unknown>;
}

/** The API for all tests of a file. Of each app there is an artifact that was released by itself to staging. */
export function apiOfTwoAppsForTests(): ApiOfTwoApps {
  let started: StartedApi;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => started.embedded.close());
  return {
    started: () => started,
    call: (...attempt) => started.api.call(...attempt),
    attempts: (target) => attemptsOf(target, started.releaseOf[target.app]),
    everything: () => everythingIn(started.embedded),
  };
}

async function start(): Promise<StartedApi> {
  const embedded = await startEmbedded();
  const stores = makeStores(embedded);
  const api = makeApi(embedded, stores, SETTINGS);
  const releaseOf: Record<App, string> = { shop: '', blog: '' };
  for (const app of APPS) {
    const { id: artifactId } = await accept(stores, pushed(app, `${app}-1`));
    const decisions = await decideArtifact(stores, { artifactId }, Date.now());
    const releaseId = decisions?.find(({ env }) => env === 'staging')?.release?.id ?? '';
    releaseOf[app] = releaseId;
    await render(stores, releaseId);
    const written = { releaseId, artifactId, order: 1, writtenAt: 1, tree: 'a'.repeat(40) };
    for (const env of ENVIRONMENTS) await stores.targets.recordWritten({ app, env }, written);
    for (const n of [1, 2]) await wait(stores, releaseId, n);
  }
  return { embedded, stores, api, releaseOf };
}

/** As the renderer leaves it. */
async function render(stores: Stores, releaseId: string): Promise<void> {
  const bundle = await stores.bundles.put(new Map([['configmap.yaml', 'kind: ConfigMap\n']]));
  const queued = await stores.releases.get(releaseId);
  const rendering = queued && (await stores.releases.move(queued, { state: 'rendering' }));
  if (!rendering || !(await stores.releases.move(rendering, { state: 'ready', bundle }))) {
    throw new Error(`release ${releaseId} could not be made ready`);
  }
}

/** A release to production that needs more approvals than there are roles. */
async function wait(stores: Stores, releaseId: string, n: number): Promise<void> {
  const like = await stores.releases.get(releaseId);
  if (!like) throw new Error(`there is no release ${releaseId}`);
  const { app, artifactId, manifestIndex, version, cause, location } = like;
  await createRelease(
    { ...stores, settings: parseSettings(SETTINGS) },
    {
      ...{ id: `waiting-${app}-${n}`, app, env: 'production', artifactId, manifestIndex, version, cause },
      ...{
        change: { kind: 'deploy' },
        automatic: true,
        triggeredBy: 'policy',
        reason: '',
        order: 9,
        location,
      },
    },
    Date.now(),
  );
}

async function everythingIn(embedded: Embedded): Promise<unknown> {
  const documents = DynamoDBDocumentClient.from(embedded.dynamodbClient);
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({ TableName: embedded.tableName, ExclusiveStartKey: start }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  const waiting = await Promise.all(
    Object.values(embedded.queueUrls).map(async (QueueUrl) => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
      return (await embedded.sqsClient.send(command)).Attributes?.['ApproximateNumberOfMessages'];
    }),
  );
  const stored = items.map((item) => JSON.stringify(item)).sort();
  return { stored, waiting };
}
