import { readFileSync } from 'node:fs';

/** Of /proc/self/stat, after the name: this process's own time and that of the children it has waited for. */
const FIELDS = [11, 12, 13, 14];
const TICKS_PER_SECOND = 100;

/**
 * Milliseconds of CPU time that this process and its ended children have had; what else the machine does hardly
 * changes it. Undefined where the system does not tell (anywhere but on Linux).
 */
export function cpuMs(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const values = fields.split(' ');
  const ticks = FIELDS.reduce((sum, field) => sum + Number(values[field]), 0);
  return (ticks * 1000) / TICKS_PER_SECOND;
}
