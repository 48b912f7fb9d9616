import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { deduplicationId } from './deduplication-id.ts';
import type { MessageAttributes } from './md5.ts';
import type { Counts, Delivery, NewMessage, Queue, QueueAttributes, Sent } from './queue.ts';
import { invalidParameter, messageNotInflight, queueDoesNotExist } from './sqs-error.ts';

const DEDUPLICATION_MS = 5 * 60_000;

interface Row {
  sequence: number;
  id: string;
  body: string;
  attributes: string;
  group_id: string | null;
  dedup_id: string | null;
  sent_at: number;
  receives: number;
  first_received_at: number | null;
  came_from: string | null;
}

/** Queues and their messages in SQLite. Every method is one transaction; time comes from `now` (Unix ms). */
export class MessageStore {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** Makes a queue, or gives the one of that name these attributes; its messages stay. */
  putQueue(name: string, attributes: QueueAttributes): void {
    this.#run(
      `INSERT INTO queues VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET attributes = excluded.attributes`,
      name,
      JSON.stringify(attributes),
      this.#now(),
    );
  }

  /** @throws SqsError `QueueDoesNotExist`. */
  queue(name: string): Queue {
    const row = this.#database.prepare('SELECT attributes FROM queues WHERE name = ?').get(name);
    if (row === undefined) throw queueDoesNotExist(name);
    return { ...(JSON.parse(String(row['attributes'])) as QueueAttributes), name };
  }

  queueNames(prefix = ''): string[] {
    const rows = this.#database.prepare('SELECT name FROM queues ORDER BY name').all();
    return rows.map((row) => String(row['name'])).filter((name) => name.startsWith(prefix));
  }

  /** A FIFO queue that was sent the same deduplication id within five minutes takes nothing, and says what it took then. */
  send(queue: Queue, message: NewMessage): Sent {
    return this.#transaction(() => {
      if (!queue.fifo) return this.#insert(queue, message, null);
      const dedupId = deduplicationId(queue, message);
      const now = this.#now();
      this.#run('DELETE FROM dedups WHERE expires_at <= ?', now);
      const earlier = this.#database
        .prepare('SELECT message_id, sequence FROM dedups WHERE queue = ? AND dedup_id = ?')
        .get(queue.name, dedupId);
      if (earlier !== undefined) {
        return { id: String(earlier['message_id']), sequence: Number(earlier['sequence']) };
      }
      const sent = this.#insert(queue, message, dedupId);
      this.#run(
        'INSERT INTO dedups VALUES (?, ?, ?, ?, ?)',
        queue.name,
        dedupId,
        sent.id,
        sent.sequence,
        now + DEDUPLICATION_MS,
      );
      return sent;
    });
  }

  #insert(queue: Queue, message: NewMessage, dedupId: string | null): Sent {
    const id = randomUUID();
    const now = this.#now();
    const { lastInsertRowid } = this.#run(
      `INSERT INTO messages (queue, id, body, attributes, group_id, dedup_id, sent_at, visible_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      queue.name,
      id,
      message.body,
      JSON.stringify(message.attributes),
      message.groupId ?? null,
      dedupId,
      now,
      now + (message.delaySeconds ?? queue.delaySeconds) * 1000,
    );
    return { id, sequence: Number(lastInsertRowid) };
  }

  /**
   * Hands over up to `max` messages and hides them. From a FIFO queue they come in order, as many of a group as there
   * are, and none of a group that has a message in flight. What was received too often is moved to the dead letters.
   */
  receive(queue: Queue, max: number, visibilitySeconds: number): Delivery[] {
    return this.#transaction(() => {
      this.#run(
        'DELETE FROM messages WHERE queue = ? AND sent_at <= ?',
        queue.name,
        this.#now() - queue.retentionSeconds * 1000,
      );
      this.#buryExhausted(queue);
      return this.#ready(queue, max).map((row) => this.#handOver(row, visibilitySeconds));
    });
  }

  #ready(queue: Queue, max: number): Row[] {
    const groupIsFree = `NOT EXISTS (SELECT 1 FROM messages f
      WHERE f.queue = m.queue AND f.group_id = m.group_id AND f.visible_at > :now AND f.receipt IS NOT NULL)`;
    return this.#database
      .prepare(
        `SELECT * FROM messages m WHERE queue = :queue AND visible_at <= :now
         ${queue.fifo ? `AND ${groupIsFree}` : ''} ORDER BY sequence LIMIT :max`,
      )
      .all({ queue: queue.name, now: this.#now(), max }) as unknown as Row[];
  }

  #handOver(row: Row, visibilitySeconds: number): Delivery {
    const now = this.#now();
    const receipt = randomUUID();
    const firstReceivedAt = row.first_received_at ?? now;
    this.#run(
      'UPDATE messages SET receipt = ?, visible_at = ?, receives = receives + 1, first_received_at = ? WHERE sequence = ?',
      receipt,
      now + visibilitySeconds * 1000,
      firstReceivedAt,
      row.sequence,
    );
    return {
      id: row.id,
      sequence: row.sequence,
      receipt,
      body: row.body,
      attributes: JSON.parse(row.attributes) as MessageAttributes,
      groupId: row.group_id ?? undefined,
      dedupId: row.dedup_id ?? undefined,
      cameFrom: row.came_from ?? undefined,
      sentAt: row.sent_at,
      receives: row.receives + 1,
      firstReceivedAt,
    };
  }

  /** The receive count goes with the message: SQS counts receives "across all queues". */
  #buryExhausted(queue: Queue): void {
    if (queue.deadLetter === undefined) return;
    const exhausted = 'queue = :queue AND visible_at <= :now AND receives >= :max';
    const which = { queue: queue.name, now: this.#now(), max: queue.deadLetter.maxReceives };
    this.#database
      .prepare(
        `INSERT INTO messages (queue, id, body, attributes, group_id, dedup_id, sent_at, visible_at, receives,
           first_received_at, came_from)
         SELECT :deadLetters, id, body, attributes, group_id, dedup_id, sent_at, visible_at, receives,
           first_received_at, queue
         FROM messages WHERE ${exhausted} ORDER BY sequence`,
      )
      .run({ ...which, deadLetters: queue.deadLetter.queue });
    this.#database.prepare(`DELETE FROM messages WHERE ${exhausted}`).run(which);
  }

  /** Unix ms, after the given one, at which the next hidden or delayed message comes back, if there is one. */
  nextVisibleAt(queue: Queue, after: number): number | undefined {
    const row = this.#database
      .prepare('SELECT MIN(visible_at) AS at FROM messages WHERE queue = ? AND visible_at > ?')
      .get(queue.name, after);
    return row?.['at'] == null ? undefined : Number(row['at']);
  }

  /**
   * Only the receipt of the last receive deletes. With an older one a standard queue does nothing and says nothing.
   * @throws SqsError `InvalidParameterValue` from a FIFO queue when the receipt's visibility ended.
   */
  delete(queue: Queue, receipt: string): void {
    const still = queue.fifo ? 'AND visible_at > ?' : '';
    const { changes } = this.#run(
      `DELETE FROM messages WHERE queue = ? AND receipt = ? ${still}`,
      ...[queue.name, receipt, ...(queue.fifo ? [this.#now()] : [])],
    );
    if (queue.fifo && changes === 0 && this.#hasReceipt(queue, receipt)) {
      throw invalidParameter(
        'Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
      );
    }
  }

  #hasReceipt(queue: Queue, receipt: string): boolean {
    const find = this.#database.prepare('SELECT 1 FROM messages WHERE queue = ? AND receipt = ?');
    return find.get(queue.name, receipt) !== undefined;
  }

  /** @throws SqsError `MessageNotInflight`. */
  changeVisibility(queue: Queue, receipt: string, visibilitySeconds: number): void {
    const now = this.#now();
    const { changes } = this.#run(
      'UPDATE messages SET visible_at = ? WHERE queue = ? AND receipt = ? AND visible_at > ?',
      now + visibilitySeconds * 1000,
      queue.name,
      receipt,
      now,
    );
    if (changes === 0) throw messageNotInflight();
  }

  purge(queue: Queue): void {
    this.#run('DELETE FROM messages WHERE queue = ?', queue.name);
  }

  counts(queue: Queue): Counts {
    const row = this.#database
      .prepare(
        `SELECT COUNT(*) FILTER (WHERE visible_at <= :now) AS visible,
           COUNT(*) FILTER (WHERE visible_at > :now AND receipt IS NOT NULL) AS inFlight,
           COUNT(*) FILTER (WHERE visible_at > :now AND receipt IS NULL) AS delayed
         FROM messages WHERE queue = :queue`,
      )
      .get({ queue: queue.name, now: this.#now() });
    return {
      visible: Number(row?.['visible']),
      inFlight: Number(row?.['inFlight']),
      delayed: Number(row?.['delayed']),
    };
  }

  close(): void {
    this.#database.close();
  }

  #run(sql: string, ...values: SQLInputValue[]) {
    return this.#database.prepare(sql).run(...values);
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
