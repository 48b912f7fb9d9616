import { App } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { FUNCTION_BUNDLES } from '../../infra/bundle.ts';
import { readStage } from '../../infra/config.ts';
import { defineStacks } from '../../infra/define-stacks.ts';
import { METRICS } from '../../shared/contract/metrics.ts';
import type { Standing } from './cost-table.ts';

/** What the example's stacks have, whether it is used or not; the functions must be bundled. */
export function standingOf(): Standing {
  const app = new App({ analyticsReporting: false });
  const all = Object.values(defineStacks(app, readStage('example'), FUNCTION_BUNDLES)).flatMap((stack) =>
    stack.node.findAll(),
  );
  return {
    alarms: all.filter((construct) => construct instanceof CfnAlarm).length,
    dashboards: all.filter((construct) => construct instanceof CfnDashboard).length,
    secrets: all.filter((construct) => construct instanceof CfnSecret).length,
    // One more is made from the writer's log.
    metrics: Object.values(METRICS).reduce((sum, { by }) => sum + by.length, 1),
  };
}
