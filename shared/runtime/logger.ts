import { Logger } from '@aws-lambda-powertools/logger';

export type { Logger };

/** Structured logs of a function, one wide line per request or record. */
export function createLogger(functionName: string): Logger {
  return new Logger({ serviceName: `gimletd-${functionName}` });
}
