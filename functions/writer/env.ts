import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const writerEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  GITOPS_WRITES_QUEUE_URL: envVariables.GITOPS_WRITES_QUEUE_URL,
  NOTIFICATIONS_QUEUE_URL: envVariables.NOTIFICATIONS_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  METRICS_NAMESPACE: envVariables.METRICS_NAMESPACE,
  /** Secret of what may push to the GitOps repos: a token, or JSON as in docs/deploy.md. */
  GIT_TOKEN_SECRET_ID: z.string().min(1),
  /** Secret of the key that signs commits, where the settings say so. */
  SIGNING_KEY_SECRET_ID: z.string().min(1),
});

/** What the infrastructure must set for this function. */
export type WriterEnv = z.input<typeof writerEnv>;
