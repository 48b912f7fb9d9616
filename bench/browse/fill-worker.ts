import { parentPort, workerData } from 'node:worker_threads';
import { type Filling, fillTable, type TableAddress } from './fill-table.ts';

const { table, filling } = workerData as { readonly table: TableAddress; readonly filling: Filling };
await fillTable(table, { ...filling, progress: (stored) => parentPort?.postMessage(stored) });
