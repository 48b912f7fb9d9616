import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from './config.ts';
import { DataStack } from './stacks/data.ts';
import { OperationsStack } from './stacks/operations.ts';
import { ServiceStack } from './stacks/service.ts';

export interface Stacks {
  readonly data: DataStack;
  readonly service: ServiceStack;
  readonly operations: OperationsStack;
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
  return { data, service, operations };
}
