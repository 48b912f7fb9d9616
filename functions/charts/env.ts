import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const chartsEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  /** Hosts that charts may come from, comma-separated; `*` for any public host. */
  CHART_HOSTS: z.string().default('*'),
  /** `true` lets charts come over plain http and from loopback addresses: for a laptop, never for a cloud. */
  CHART_ALLOW_LOOPBACK: z.enum(['true', 'false']).default('false'),
});

/** What the infrastructure must set for this function. */
export type ChartsEnv = z.input<typeof chartsEnv>;
