import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { makeAdmin } from '../../functions/admin/admin.ts';
import { makeArtifacts } from '../../functions/artifacts/artifacts.ts';
import { makeDocs } from '../../functions/docs/docs.ts';
import { DOCS_PAGE, OPENAPI_JSON } from '../../functions/docs/pages.built.ts';
import { makeReleases } from '../../functions/releases/releases.ts';
import { makeSweeperRequests } from '../../functions/sweeper/sweeper.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { encodePrincipal } from '../../shared/access/principal-context.ts';
import { AuditChainStore, HeldLogStore, sealLedger } from '../../shared/adapters/dynamodb/audit-store.ts';
import { identityStore } from '../../shared/adapters/dynamodb/identity-store.ts';
import { readTokenStore } from '../../shared/adapters/dynamodb/read-token-store.ts';
import { SettingsStore } from '../../shared/adapters/dynamodb/settings-store.ts';
import { sqsDeadLetters } from '../../shared/adapters/sqs/dead-letters.ts';
import type { OperatedFunctions } from '../../shared/gitops/operate.ts';
import { backlogAnswer, redriveAnswer } from '../../shared/messages/sweeper-invocation.ts';
import { readDeployed } from '../../shared/release/deployed-settings.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import type { Embedded } from './embedded.ts';
import type { Stores } from './stores.ts';

export interface ApiAttempt {
  /** As in the routes table: `GET /api/releases/{id+}`. */
  readonly route: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const logger = createLogger('test');
logger.setLogLevel('SILENT');

/**
 * The functions of the HTTP API as they are deployed, on the given stores; called with a principal as the authorizer
 * hands it over.
 */
export function makeApi(embedded: Embedded, stores: Stores, settingsJson: string) {
  const settings = parseSettings(settingsJson);
  const unrendered = async () => undefined;
  const ports = {
    ...stores,
    ...{ settings, deployed: readDeployed(settingsJson), versions: new SettingsStore(stores.table) },
    auditBlocks: new AuditChainStore(stores.table),
    auditLogs: new HeldLogStore(stores.table),
    auditLedger: sealLedger(stores.table),
    ...{ identities: identityStore(stores.table), readTokens: readTokenStore(stores.table) },
    waiting: stores.releases,
    ...{ store: stores.artifacts, held: stores.targets, random: randomBytes },
    browser: stores.browser,
    checker: { check: async () => [] },
    renderer: { render: unrendered },
    meter: { record: () => undefined, flush: () => undefined },
    functions: operated(stores, embedded),
    newId: () => randomUUID().replaceAll('-', ''),
    clock: Date.now,
  };
  const releaseBrowser: Parameters<typeof makeReleases>[0]['browser'] = {
    list: (filter, page) => stores.releases.browse(filter, page),
  };
  const operations = {
    ...makeArtifacts(ports),
    ...makeAdmin(ports),
    ...makeReleases({ ...ports, browser: releaseBrowser }),
    ...makeDocs({ openApi: OPENAPI_JSON, page: DOCS_PAGE }),
  };
  const handler = httpHandler(operations, logger);
  const call = async (principal: Principal, attempt: ApiAttempt): Promise<ApiReply> => {
    const answer = await handler(eventOf(principal, attempt), {} as Context);
    const isJson = /json/.test(answer.headers['content-type'] ?? '');
    const { statusCode: status, headers } = answer;
    return { status, headers, body: isJson ? JSON.parse(answer.body) : answer.body };
  };
  return { call, routes: Object.keys(operations) };
}

/** As the sweeper answers when it is invoked; there is no repo that the writer could look at. */
function operated(stores: Stores, { dlqUrls, sqsClient }: Embedded): OperatedFunctions {
  const deadLetters = sqsDeadLetters({ queueUrls: dlqUrls, client: sqsClient });
  const ask = makeSweeperRequests({ ...stores, deadLetters, clock: Date.now });
  return {
    backlog: async () => backlogAnswer.parse(await ask({ ask: 'backlog' })),
    redrive: async () => redriveAnswer.parse(await ask({ ask: 'redrive' })),
    probeRepos: async () => [],
  };
}

function eventOf(principal: Principal, { route, path, query = {}, body }: ApiAttempt) {
  const [method = '', pattern = ''] = route.split(' ');
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path ?? pattern,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {},
    requestContext: {
      requestId: 'r',
      timeEpoch: 0,
      http: { method, sourceIp: '127.0.0.1' },
      authorizer: { lambda: { principal: encodePrincipal(principal) } },
    },
    isBase64Encoded: false,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}
