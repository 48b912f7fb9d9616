import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const sweeperEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  EVENTS_QUEUE_URL: envVariables.EVENTS_QUEUE_URL,
  RENDER_REQUESTS_QUEUE_URL: envVariables.RENDER_REQUESTS_QUEUE_URL,
  GITOPS_WRITES_QUEUE_URL: envVariables.GITOPS_WRITES_QUEUE_URL,
  NOTIFICATIONS_QUEUE_URL: envVariables.NOTIFICATIONS_QUEUE_URL,
  EVENTS_DLQ_URL: z.url(),
  RENDER_REQUESTS_DLQ_URL: z.url(),
  GITOPS_WRITES_DLQ_URL: z.url(),
  NOTIFICATIONS_DLQ_URL: z.url(),
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  METRICS_NAMESPACE: envVariables.METRICS_NAMESPACE,
});

/** What the infrastructure must set for this function. */
export type SweeperEnv = z.input<typeof sweeperEnv>;
