export interface Schedule {
  /** No more runs; resolves when the one that is on has ended. */
  stop(): Promise<void>;
}

/**
 * Runs a task every so many seconds, the first time after one interval; a run that takes longer is not overtaken.
 * A run that fails is reported and does not end the schedule.
 */
export function startSchedule(
  everySeconds: number,
  task: () => Promise<unknown>,
  report: (problem: string) => void,
): Schedule {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= task()
      .catch((error: unknown) => report(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        running = undefined;
      });
  }, everySeconds * 1000);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
