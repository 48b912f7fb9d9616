import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const releasesEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  EVENTS_QUEUE_URL: envVariables.EVENTS_QUEUE_URL,
  /** Where a release goes on that was approved. */
  RENDER_REQUESTS_QUEUE_URL: envVariables.RENDER_REQUESTS_QUEUE_URL,
  GITOPS_WRITES_QUEUE_URL: envVariables.GITOPS_WRITES_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  /** Name of the renderer function, which dry runs ask. */
  RENDERER_FUNCTION_NAME: z.string().min(1),
});

/** What the infrastructure must set for this function. */
export type ReleasesEnv = z.input<typeof releasesEnv>;
