import * as z from 'zod';

export const authorizerEnv = z.object({
  /** Secret whose value is the SHA-256 of the admin token, in hex. */
  ADMIN_TOKEN_SECRET_ID: z.string().min(1),
});

/** What the infrastructure must set for this function. */
export type AuthorizerEnv = z.input<typeof authorizerEnv>;
