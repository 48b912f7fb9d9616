import * as z from 'zod';
import type { StoredTrust } from '../access/trust/trust-policy.ts';

/** GET /api/trust/{name}, and each of GET /api/trust. */
export const trustAnswer = z.looseObject({
  name: z.string(),
  provider: z.string(),
  issuer: z.string(),
  audience: z.string(),
  repository: z.string(),
  repositoryId: z.string(),
  ownerId: z.string(),
  workflow: z.string(),
  refs: z.array(z.string()),
  events: z.array(z.string()),
  environment: z.string().optional(),
  actions: z.array(z.string()),
  apps: z.array(z.string()),
  environments: z.array(z.string()),
  version: z.number().int(),
  changedBy: z.string(),
  /** Unix milliseconds. */
  changedAt: z.number(),
});
export type TrustAnswer = z.infer<typeof trustAnswer>;
export const trustsAnswer = z.array(trustAnswer);
export const trustDeletedAnswer = z.looseObject({ name: z.string(), deleted: z.literal(true) });

/** Header in which a keyless push is answered with the token that reads its artifact and releases, for an hour. */
export const READ_TOKEN_HEADER = 'gimlet-read-token';

export function toTrustAnswer({
  actions,
  apps,
  environments,
  refs,
  events,
  ...rest
}: StoredTrust): TrustAnswer {
  return {
    ...rest,
    refs: [...refs],
    events: [...events],
    actions: [...actions],
    apps: [...apps],
    environments: [...environments],
  };
}
