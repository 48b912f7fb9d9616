import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const adminEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  EVENTS_QUEUE_URL: envVariables.EVENTS_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  /** Names of the functions that operators have do something out of turn. */
  SWEEPER_FUNCTION_NAME: z.string().min(1),
  WRITER_FUNCTION_NAME: z.string().min(1),
});

/** What the infrastructure must set for this function. */
export type AdminEnv = z.input<typeof adminEnv>;
