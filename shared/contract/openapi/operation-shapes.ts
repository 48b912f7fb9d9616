import { aboutShapes } from './about-shapes.ts';
import { accessShapes } from './access-shapes.ts';
import { artifactShapes } from './artifact-shapes.ts';
import { auditShapes } from './audit-shapes.ts';
import { hookShapes } from './hook-shapes.ts';
import type { OperationShapes } from './operation-shape.ts';
import { operatorShapes } from './operator-shapes.ts';
import { policyShapes } from './policy-shapes.ts';
import { releaseShapes } from './release-shapes.ts';
import { settingsShapes } from './settings-shapes.ts';
import { trackingShapes } from './tracking-shapes.ts';
import { trustShapes } from './trust-shapes.ts';

/**
 * What every route takes and answers: the OpenAPI document is made of it, and every answer in the tests is held
 * against that. It stays out of the functions' bundles and of the CLI.
 */
export const OPERATION_SHAPES: OperationShapes = {
  ...aboutShapes,
  ...artifactShapes,
  ...releaseShapes,
  ...trackingShapes,
  ...policyShapes,
  ...settingsShapes,
  ...hookShapes,
  ...accessShapes,
  ...operatorShapes,
  ...auditShapes,
  ...trustShapes,
};
