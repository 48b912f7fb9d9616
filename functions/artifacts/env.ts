import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const artifactsEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  EVENTS_QUEUE_URL: envVariables.EVENTS_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  METRICS_NAMESPACE: envVariables.METRICS_NAMESPACE,
  /** Name of the renderer function, which this one asks about manifests. */
  RENDERER_FUNCTION_NAME: z.string().min(1),
});

/** What the infrastructure must set for this function. */
export type ArtifactsEnv = z.input<typeof artifactsEnv>;
