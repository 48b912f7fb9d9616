import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { writeItemsWithTheirIndexes } from './atomic-writes.ts';
import { lockDirectory } from './directory-lock.ts';
import { readWithoutThreads } from './quick-reads.ts';
import { onlyWholeRequests } from './whole-requests.ts';

export interface EmbeddedDynamoDb {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface DynamoDbOptions {
  /** Where the state is kept, also through a `kill -9`; in memory without it. */
  readonly directory?: string;
  /** A free one unless given. */
  readonly port?: number;
}

/**
 * Starts a DynamoDB in this process, on loopback only. It answers as AWS does but for transactions and streams; its
 * indexes never lag and nothing is ever throttled: local/faults adds that.
 * @throws ConflictError `local-data-in-use` when another process has the directory.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<EmbeddedDynamoDb> {
  const lock = options.directory === undefined ? undefined : lockDirectory(options.directory);
  writeItemsWithTheirIndexes();
  readWithoutThreads();
  const server = dynalite({
    ...(options.directory === undefined ? {} : { path: join(options.directory, 'leveldb') }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  onlyWholeRequests(server);
  try {
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    lock?.release();
    throw error;
  }
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await closeServer(server);
      lock?.release();
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
