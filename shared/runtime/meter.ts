import { Metrics } from '@aws-lambda-powertools/metrics';

/** Takes figures of what happens; `Name` are those that one function records. */
export interface Meter<Name extends string> {
  /** Without a value it counts one. */
  record(name: Name, value?: number): void;
  /** Writes out what was recorded. To be called at the end of an invocation, see `metered`. */
  flush(): void;
}

export type Unit = 'Count' | 'Milliseconds' | 'Seconds';

/**
 * A meter of a function that writes to its log in the embedded metric format, from which CloudWatch takes the figures:
 * no call, no permission.
 */
export function createMeter<Name extends string>(
  functionName: string,
  namespace: string,
  units: Readonly<Record<Name, { readonly unit: Unit }>>,
): Meter<Name> {
  const metrics = new Metrics({ namespace, serviceName: `gimletd-${functionName}` });
  return {
    record(name, value = 1) {
      metrics.addMetric(name, units[name].unit, value);
    },
    flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

/** A handler whose figures are written out at the end of each invocation, however it ends. */
export function metered<Arguments extends readonly unknown[], Answer>(
  meter: Pick<Meter<never>, 'flush'>,
  handler: (...args: Arguments) => Promise<Answer>,
): (...args: Arguments) => Promise<Answer> {
  return async (...args) => {
    try {
      return await handler(...args);
    } finally {
      meter.flush();
    }
  };
}
