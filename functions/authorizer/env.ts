import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const authorizerEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  /** `true` lets identities be signed by issuers on this machine, over plain http: for a laptop, never for a cloud. */
  IDENTITY_ALLOW_LOOPBACK: z.enum(['true', 'false']).default('false'),
  /** Requests that each token may make in a minute. */
  REQUESTS_PER_MINUTE: z.coerce.number().int().min(1),
});

/** What the infrastructure must set for this function. */
export type AuthorizerEnv = z.input<typeof authorizerEnv>;
