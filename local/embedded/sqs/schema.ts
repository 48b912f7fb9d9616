import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * `messages.sequence` orders a queue. A message is in flight while it has a receipt and `visible_at` (Unix ms) is to
 * come. `dedups` remembers, for five minutes and beyond the message's own life, what a FIFO queue was sent.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, group_id TEXT, dedup_id TEXT, sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL,
    receipt TEXT, receives INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER, came_from TEXT
  );
  CREATE INDEX IF NOT EXISTS messages_by_queue ON messages (queue, sequence);
  CREATE INDEX IF NOT EXISTS messages_by_group ON messages (queue, group_id, visible_at);
  CREATE INDEX IF NOT EXISTS messages_by_receipt ON messages (receipt);
  CREATE TABLE IF NOT EXISTS dedups (
    queue TEXT NOT NULL, dedup_id TEXT NOT NULL, message_id TEXT NOT NULL, sequence INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, PRIMARY KEY (queue, dedup_id)
  );
`;

/**
 * Opens the messages' database, in memory without a directory. A commit is in the write-ahead log, with the
 * operating system, before it is answered, so it outlives a `kill -9` of this process (not a loss of power).
 */
export function openDatabase(directory: string | undefined): DatabaseSync {
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(directory === undefined ? ':memory:' : join(directory, 'sqs.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(SCHEMA);
  return database;
}
