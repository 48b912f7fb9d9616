import * as z from 'zod';
import { fieldErrors } from '../errors/field-errors.ts';
import { DEFAULT_RESEND, type ResendPolicy } from '../messages/mark.ts';

/** Variables that more than one function reads; each function's `env.ts` picks what it needs. */
export const envVariables = {
  TABLE_NAME: z.string().min(1),
  EVENTS_QUEUE_URL: z.url(),
  RENDER_REQUESTS_QUEUE_URL: z.url(),
  GITOPS_WRITES_QUEUE_URL: z.url(),
  NOTIFICATIONS_QUEUE_URL: z.url(),
  /** The operator's settings, JSON; see shared/release/settings.ts. */
  SETTINGS: z.string().min(2),
  /** CloudWatch namespace of the metrics. */
  METRICS_NAMESPACE: z.string().min(1).default('gimletd'),
  /** Seconds until a sent message that had no effect is sent again. */
  RESEND_AFTER_SECONDS: z.coerce.number().positive().default(60),
} as const;

/**
 * Reads a function's environment through its schema.
 * @throws Error naming every variable that is missing or wrong, all at once: a misconfigured function must not start.
 */
export function readEnv<S extends z.ZodObject>(
  schema: S,
  source: NodeJS.ProcessEnv = process.env,
): z.infer<S> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const problems = fieldErrors(parsed.error).map(({ path, message }) => `${path}: ${message}`);
  throw new Error(`The function's environment is not right: ${problems.join('; ')}`);
}

/** When sent messages that had no effect are sent again: first after so many seconds, then ever later. */
export function resendPolicy(afterSeconds: number): ResendPolicy {
  return { ...DEFAULT_RESEND, firstMs: afterSeconds * 1000 };
}
