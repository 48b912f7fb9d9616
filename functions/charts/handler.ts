import { chartRepositories } from '../../shared/adapters/charts/chart-repositories.ts';
import { chartStore } from '../../shared/adapters/dynamodb/chart-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { namedSecrets } from '../../shared/adapters/secrets/named-secrets.ts';
import { secretReader } from '../../shared/adapters/secrets/secret-reader.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { makeCharts } from './charts.ts';
import { chartsEnv } from './env.ts';

const env = readEnv(chartsEnv);
const secretId = env.CHART_CREDENTIALS_SECRET_ID;
const secrets = secretReader(Date.now);

/** Invoked by the renderer. */
export const handler = makeCharts({
  repository: chartRepositories({
    hosts: env.CHART_HOSTS.split(',').map((host) => host.trim()),
    allowLoopback: env.CHART_ALLOW_LOOPBACK === 'true',
    ...(secretId !== undefined && { credentials: namedSecrets(() => secrets(secretId)) }),
  }),
  store: chartStore(new TableClient(env.TABLE_NAME, callOrigin('charts'))),
  logger: createLogger('charts'),
});
