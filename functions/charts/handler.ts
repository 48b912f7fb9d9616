import { httpChartRepository } from '../../shared/adapters/charts/http-chart-repository.ts';
import { chartStore } from '../../shared/adapters/dynamodb/chart-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { makeCharts } from './charts.ts';
import { chartsEnv } from './env.ts';

const env = readEnv(chartsEnv);

/** Invoked by the renderer. */
export const handler = makeCharts({
  repository: httpChartRepository({
    hosts: env.CHART_HOSTS.split(',').map((host) => host.trim()),
    allowLoopback: env.CHART_ALLOW_LOOPBACK === 'true',
  }),
  store: chartStore(new TableClient(env.TABLE_NAME)),
  logger: createLogger('charts'),
});
