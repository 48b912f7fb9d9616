import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const authorizerEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  /** Requests that each token may make in a minute. */
  REQUESTS_PER_MINUTE: z.coerce.number().int().min(1),
});

/** What the infrastructure must set for this function. */
export type AuthorizerEnv = z.input<typeof authorizerEnv>;
