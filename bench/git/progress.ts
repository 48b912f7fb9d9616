/** Says what is being done, to people who wait. */
export type Progress = (line: string) => void;

/** Lines with the seconds since the beginning on stderr, so that stdout is the result alone. */
export function progressOnStderr(): Progress {
  const start = process.hrtime.bigint();
  return (line) => {
    const seconds = Number((process.hrtime.bigint() - start) / 1_000_000_000n);
    console.error(`${String(seconds).padStart(5)} s  ${line}`);
  };
}
