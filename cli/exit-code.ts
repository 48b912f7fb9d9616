/** What the process says to the script that called it. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  timedOut: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
