import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Filling, TableAddress } from './fill-table.ts';

/** Fills a table that is served by this thread from another one, so that two cores have something to do. */
export async function fillBeside(table: TableAddress, { progress, ...filling }: Filling): Promise<void> {
  const worker = new Worker(new URL('./fill-worker.ts', import.meta.url), { workerData: { table, filling } });
  if (progress) worker.on('message', progress);
  // An error of the worker's is thrown here.
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error(`the filling of the table ended with ${code}`);
}
