import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { artifactBrowser } from '../../shared/adapters/dynamodb/artifact-browser.ts';
import { ArtifactStore } from '../../shared/adapters/dynamodb/artifact-store.ts';
import { BranchStore } from '../../shared/adapters/dynamodb/branch-store.ts';
import { bundleStore } from '../../shared/adapters/dynamodb/bundle-store.ts';
import { ControlsStore } from '../../shared/adapters/dynamodb/controls-store.ts';
import { DecisionStore } from '../../shared/adapters/dynamodb/decision-store.ts';
import { dueItems } from '../../shared/adapters/dynamodb/due-items.ts';
import { journalStore } from '../../shared/adapters/dynamodb/journal-store.ts';
import { deliveryStore, noticeStore } from '../../shared/adapters/dynamodb/notice-store.ts';
import { pauseStore } from '../../shared/adapters/dynamodb/pause-store.ts';
import { PolicyStore } from '../../shared/adapters/dynamodb/policy-store.ts';
import { ReleaseStore } from '../../shared/adapters/dynamodb/release-store.ts';
import { renderCache } from '../../shared/adapters/dynamodb/render-cache.ts';
import { RequestStore } from '../../shared/adapters/dynamodb/request-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TargetStore } from '../../shared/adapters/dynamodb/target-store.ts';
import { TokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { TrustStore } from '../../shared/adapters/dynamodb/trust-store.ts';
import { sqsOutbox } from '../../shared/adapters/sqs/sqs-outbox.ts';
import { acceptArtifact } from '../../shared/artifact/accept-artifact.ts';
import type { Artifact, Pusher } from '../../shared/artifact/artifact.ts';
import { parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import type { Mark, QueueName } from '../../shared/messages/mark.ts';
import type { Controls, Hold } from '../../shared/policy/gates.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import type { PolicyScope } from '../../shared/policy/policy-document.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { Embedded } from './embedded.ts';
import type { EmbeddedApart } from './embedded-apart.ts';

export const RESEND = { firstMs: 60_000, maxMs: 3_600_000 };

/** Every store on an embedded table, and the outbox on embedded queues: the adapters that are deployed. */
export function makeStores(embedded: EmbeddedApart, repo = 'https://git.example.com/gitops.git') {
  const table = new TableClient(
    embedded.tableName,
    () => ({ function: 'test' }),
    new DynamoDBClient({ ...embedded.dynamodbConfig, maxAttempts: 8 }),
  );
  const artifacts = new ArtifactStore(table);
  const releases = new ReleaseStore(table);
  const targets = new TargetStore(table);
  const failedSends: unknown[] = [];
  return {
    table,
    artifacts,
    browser: artifactBrowser(table, artifacts),
    decisions: new DecisionStore(table),
    targets,
    drift: targets,
    releases,
    ready: releases,
    requests: new RequestStore(table),
    branches: new BranchStore(table),
    policies: new PolicyStore(table),
    controls: switchable(table),
    tokens: new TokenStore(table),
    trusts: new TrustStore(table),
    bundles: bundleStore(table),
    renders: renderCache(table),
    journals: journalStore(table),
    pauses: pauseStore(table),
    notices: noticeStore(table),
    deliveries: deliveryStore(table),
    due: dueItems(table),
    outbox: sqsOutbox({
      queueUrls: embedded.queueUrls,
      client: embedded.sqsClient,
      onFailure: (error) => failedSends.push(error),
    }),
    failedSends,
    settings: parseSettings(JSON.stringify({ gitops: { repo, branch: 'main' } })),
    resend: RESEND,
  };
}
/** Controls, and a quick way to switch them: in the documents that the API writes. */
function switchable(table: TableClient) {
  const policies = new PolicyStore(table);
  const replace = async (scope: PolicyScope, wanted: readonly Policy[]) => {
    const seen = await policies.get(scope);
    const change = { version: seen.revision + 1, changedBy: 'test', changedAt: Date.now() };
    const next = {
      ...seen,
      revision: change.version,
      policies: wanted.map((policy) => ({ policy, ...change })),
    };
    if (!(await policies.replace(scope, seen, next))) throw new Error('somebody else switched controls');
  };
  return Object.assign(new ControlsStore(table), {
    setEnvironment: (env: string, { restrictions, freezes }: Pick<Controls, 'restrictions' | 'freezes'>) =>
      replace({ env }, [
        ...restrictions.map((one) => ({ kind: 'branch-restriction', env, ...one }) as const),
        ...freezes.map((freeze, index) => ({ kind: 'freeze', env, name: `f${index}`, freeze }) as const),
      ]),
    setGlobal: ({ stopTheLine, killSwitch }: Pick<Controls, 'stopTheLine' | 'killSwitch'>) =>
      replace({}, [
        ...(stopTheLine === undefined ? [] : [{ kind: 'stop-the-line', reason: stopTheLine } as const]),
        ...(killSwitch === undefined ? [] : [{ kind: 'kill-switch', reason: killSwitch } as const]),
      ]),
  });
}

/** A hold as a person puts one. */
export function holdBy(owner: string, reason: string, until?: number): Hold {
  return {
    id: `hold-${owner}-${reason}`,
    owner,
    reason,
    since: Date.now(),
    ...(until !== undefined && { until }),
  };
}

export type Stores = ReturnType<typeof makeStores>;

/** An artifact document of one app: pushed to main, released to staging by policy. */
export function artifactDocument(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'shop-1',
    version: { repositoryName: 'acme/shop', sha: 'abc123', branch: 'main', event: 'push' },
    context: { SHA: 'abc123' },
    environments: [manifest('shop', 'staging')],
    ...overrides,
  };
}

/** A raw manifest that a policy releases on pushes to main. */
export function manifest(
  app: string,
  env: string,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    app,
    env,
    namespace: 'team',
    deploy: { event: 'push', branch: 'main' },
    manifests: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}\ndata:\n  sha: "{{ .SHA }}"\n`,
    ...overrides,
  };
}

/** Accepts a document as the API does; answers the stored artifact. */
export async function accept(
  stores: Stores,
  document: Record<string, unknown>,
  now = Date.now(),
  pushedBy?: Pusher,
): Promise<Artifact> {
  const ports = { ...stores, store: stores.artifacts };
  const context = { now, ...(pushedBy && { pushedBy }) };
  return (await acceptArtifact(ports, parseArtifact(document), context)).artifact;
}

/** The mark that an item has now; undefined when nothing is due for it. */
export async function markOf(
  stores: Stores,
  key: { readonly pk: string; readonly sk: string },
): Promise<Mark | undefined> {
  return (await stores.table.get(key))?.['mark'] as Mark | undefined;
}

/** Bodies of the messages that wait in a queue; they are hidden afterwards. */
export async function receive(embedded: Embedded, queue: QueueName): Promise<Record<string, unknown>[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: embedded.queueUrls[queue], MaxNumberOfMessages: 10 });
  const { Messages = [] } = await embedded.sqsClient.send(command);
  return Messages.map(({ Body }) => JSON.parse(Body ?? '{}') as Record<string, unknown>);
}
