import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const notifierEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  NOTIFICATIONS_QUEUE_URL: envVariables.NOTIFICATIONS_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  /** Secret that is a JSON object of what channels need, by the names that the settings have for it. */
  NOTIFICATION_SECRETS_ID: z.string().min(1),
  /** `true` lets receivers be at plain http and at loopback addresses: for a laptop, never for a cloud. */
  NOTIFICATION_ALLOW_LOOPBACK: z.enum(['true', 'false']).default('false'),
});

/** What the infrastructure must set for this function. */
export type NotifierEnv = z.input<typeof notifierEnv>;
