import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held so far, in bytes. Linux counts in `maxRSS` what the process that started
 * this one held, so it is asked in another way there.
 */
export function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
