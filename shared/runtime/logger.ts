import { Logger } from '@aws-lambda-powertools/logger';
import { redactTexts } from '../errors/redact.ts';

export type { Logger };

/** Structured logs of a function, one wide line per request or record; no text in them says a secret. */
export function createLogger(functionName: string): Logger {
  return new Logger({
    serviceName: `gimletd-${functionName}`,
    // Called for every value, also for those of an error and its causes.
    jsonReplacerFn: redactTexts,
  });
}
