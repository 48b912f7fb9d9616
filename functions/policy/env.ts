import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const policyEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  EVENTS_QUEUE_URL: envVariables.EVENTS_QUEUE_URL,
  RENDER_REQUESTS_QUEUE_URL: envVariables.RENDER_REQUESTS_QUEUE_URL,
  GITOPS_WRITES_QUEUE_URL: envVariables.GITOPS_WRITES_QUEUE_URL,
  NOTIFICATIONS_QUEUE_URL: envVariables.NOTIFICATIONS_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  METRICS_NAMESPACE: envVariables.METRICS_NAMESPACE,
});

/** What the infrastructure must set for this function. */
export type PolicyEnv = z.input<typeof policyEnv>;
