import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EDGE_REGION, type StageConfig } from './config.ts';
import { DataStack } from './stacks/data.ts';
import { EdgeStack } from './stacks/edge.ts';
import { OperationsStack } from './stacks/operations.ts';
import { ServiceStack } from './stacks/service.ts';

export interface Stacks {
  readonly data: DataStack;
  readonly service: ServiceStack;
  readonly operations: OperationsStack;
  /** Only where the stage asks for it. */
  readonly edge?: EdgeStack;
}

/**
 * Defines a stage's stacks.
 * @param bundles folder that holds `<name>/index.mjs` of every function.
 */
export function defineStacks(scope: Construct, config: StageConfig, bundles: string): Stacks {
  const prefix = `gimletd-${config.stage}`;
  const env: Environment = {
    ...(config.account && { account: config.account }),
    ...(config.region && { region: config.region }),
  };
  const common = { env, tags: { 'gimletd:stage': config.stage } };
  const data = new DataStack(scope, `${prefix}-data`, {
    ...common,
    terminationProtection: true,
    description: 'GimletD: the table and the secrets',
  });
  const service = new ServiceStack(scope, `${prefix}-service`, {
    ...common,
    config,
    data,
    bundles,
    description: 'GimletD: functions, queues and the HTTP API',
  });
  const operations = new OperationsStack(scope, `${prefix}-operations`, {
    ...common,
    config,
    data,
    service,
    description: 'GimletD: alarms and a dashboard',
  });
  const { domain, edge } = config;
  if (!domain || !edge) return { data, service, operations };
  const edgeStack = new EdgeStack(scope, `${prefix}-edge`, {
    ...common,
    env: { ...env, region: EDGE_REGION },
    edge,
    origin: domain.name,
    description: 'GimletD: CloudFront and a firewall before the API',
  });
  return { data, service, operations, edge: edgeStack };
}
