import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const chartsEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  /** Hosts that charts may come from, comma-separated; `*` for any public host. */
  CHART_HOSTS: z.string().default('*'),
  /**
   * Secret of the credentials for private charts: a JSON object of hosts, each with `user:password`. Without it every
   * host is asked without.
   */
  CHART_CREDENTIALS_SECRET_ID: z.string().min(1).optional(),
  /** `true` lets charts come over plain http and from loopback addresses: for a laptop, never for a cloud. */
  CHART_ALLOW_LOOPBACK: z.enum(['true', 'false']).default('false'),
});

/** What the infrastructure must set for this function. */
export type ChartsEnv = z.input<typeof chartsEnv>;
