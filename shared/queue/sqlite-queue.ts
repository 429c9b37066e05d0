import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { MAX_RECEIVE_COUNT } from '../contracts/limits.ts';
import { NerError } from '../ner-error.ts';
import { Database } from '../sqlite/database.ts';
import { assertMessageBody } from './message-body.ts';
import type { DeadLetter, Queue, QueueDepth, ReceivedMessage, ReceiveOptions, ReleaseOptions } from './queue.ts';

export interface SqliteQueueOptions {
  /** Made when it is not there. */
  readonly path: string;
  readonly clock: () => Date;
  readonly maxReceiveCount?: number;
  readonly busyTimeoutMs?: number;
}

/**
 * Bodies have a table of their own: SQLite writes a row as a whole, and a delivery changes numbers only. `deliveries`
 * never goes back, so that no receipt ever names two deliveries; `receives` starts anew at redrive. The index holds
 * only messages that were received once, which is what makes `depth` cheap however long the queue is.
 */
const SCHEMA = `
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL, deliveries INTEGER NOT NULL, receives INTEGER NOT NULL, reason TEXT
  ) STRICT;
  CREATE INDEX messages_in_flight ON messages(visible_at) WHERE visible_at > 0;
  CREATE TABLE dead (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, sent_at INTEGER NOT NULL,
    deliveries INTEGER NOT NULL, receives INTEGER NOT NULL, reason TEXT
  ) STRICT;
  CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
`;

/** How soon a waiting receiver sees what another process sent. */
const POLL_MS = 25;

/**
 * For what costs nothing but another delivery if the power goes: that a message was taken, given back or done. Whoever
 * held its receipt is gone as well then. Only what was accepted must be on disk.
 */
const LOSABLE = { durable: false };

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly sent_at: number;
  readonly deliveries: number;
  readonly receives: number;
}

/**
 * A durable queue in one SQLite file, for any number of processes on one machine. A message that was accepted
 * survives `kill -9` and loss of power (see Database); deliveries wait for no disk.
 *
 * @throws E_DATABASE_LOCKED, E_DATABASE_CORRUPT, E_FILE_UNWRITABLE from the constructor and every method.
 */
export class SqliteQueue implements Queue {
  readonly #db: Database;
  readonly #clock: () => Date;
  readonly #maxReceiveCount: number;
  /** Receivers of this process that wait for a message. */
  readonly #waiting = new Set<AbortController>();

  constructor({ path, clock, maxReceiveCount = MAX_RECEIVE_COUNT, busyTimeoutMs }: SqliteQueueOptions) {
    const timeout = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
    this.#db = new Database({ path, what: 'queue', version: 1, schema: SCHEMA, ...timeout });
    this.#clock = clock;
    this.#maxReceiveCount = maxReceiveCount;
  }

  async send(bodies: readonly string[]): Promise<readonly string[]> {
    for (const body of bodies) assertMessageBody(body);
    if (bodies.length === 0) return [];
    const now = this.#clock().getTime();
    const ids = this.#db.transaction(() => {
      const message = this.#db.prepare('INSERT INTO messages VALUES (NULL, ?, ?, 0, 0, 0, NULL)');
      const content = this.#db.prepare('INSERT INTO bodies VALUES (?, ?)');
      return bodies.map((body) => {
        const id = randomUUID();
        content.run(message.run(id, now).lastInsertRowid, body);
        return id;
      });
    });
    this.#wake();
    return ids;
  }

  async receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const { waitMs = 0, signal } = options;
    const deadline = performance.now() + waitMs;
    for (;;) {
      const messages = this.#take(options);
      const leftMs = deadline - performance.now();
      if (messages.length > 0 || leftMs <= 0 || signal?.aborted === true) return messages;
      await this.#waitForMessage(Math.min(leftMs, POLL_MS), signal);
    }
  }

  async delete(receipts: readonly string[]): Promise<void> {
    const parsed = receipts.map(parseReceipt);
    if (parsed.length === 0) return;
    this.#db.transaction(() => {
      const message = this.#db.prepare('DELETE FROM messages WHERE seq = ? AND deliveries = ?');
      const content = this.#db.prepare('DELETE FROM bodies WHERE seq = ?');
      for (const { seq, delivery } of parsed) if (message.run(seq, delivery).changes > 0) content.run(seq);
    }, LOSABLE);
  }

  async release(receipts: readonly string[], { delayMs = 0, reason }: ReleaseOptions = {}): Promise<void> {
    const parsed = receipts.map(parseReceipt);
    if (parsed.length === 0) return;
    const visibleAt = delayMs > 0 ? this.#clock().getTime() + delayMs : 0;
    this.#db.transaction(() => {
      const update = this.#db.prepare(
        'UPDATE messages SET visible_at = ?, reason = coalesce(?, reason) WHERE seq = ? AND deliveries = ?',
      );
      for (const { seq, delivery } of parsed) update.run(visibleAt, reason ?? null, seq, delivery);
    }, LOSABLE);
    this.#wake();
  }

  async depth(): Promise<QueueDepth> {
    return this.#db.read(() => {
      const counts = this.#db
        .prepare(
          `SELECT (SELECT count(*) FROM messages) AS total, (SELECT count(*) FROM dead) AS dead,
            (SELECT count(*) FROM messages WHERE visible_at > 0 AND visible_at > ?) AS in_flight`,
        )
        .get(this.#clock().getTime()) as { readonly total: number; readonly dead: number; readonly in_flight: number };
      return { ready: counts.total - counts.in_flight, inFlight: counts.in_flight, dead: counts.dead };
    });
  }

  async *deadLetters(): AsyncIterable<DeadLetter> {
    // One at a time by key: no read transaction stays open while the caller thinks.
    for (let after = -1; ;) {
      const row = this.#db.read(() =>
        this.#db
          .prepare('SELECT dead.*, body FROM dead JOIN bodies USING (seq) WHERE seq > ? ORDER BY seq LIMIT 1')
          .get(after),
      ) as (Row & { readonly body: string; readonly reason: string | null }) | undefined;
      if (row === undefined) return;
      after = row.seq;
      const letter = { id: row.id, body: row.body, receiveCount: row.receives, sentAt: new Date(row.sent_at) };
      yield row.reason === null ? letter : { ...letter, reason: row.reason };
    }
  }

  async redrive(max = Number.MAX_SAFE_INTEGER): Promise<number> {
    const chosen = 'SELECT seq FROM dead ORDER BY seq LIMIT ?';
    const moved = this.#db.transaction(() => {
      const columns = 'seq, id, sent_at, 0, deliveries, 0, NULL';
      this.#db.prepare(`INSERT INTO messages SELECT ${columns} FROM dead WHERE seq IN (${chosen})`).run(max);
      return Number(this.#db.prepare(`DELETE FROM dead WHERE seq IN (${chosen})`).run(max).changes);
    });
    if (moved > 0) this.#wake();
    return moved;
  }

  close(): void {
    this.#wake();
    this.#db.close();
  }

  #take({ max, visibilityTimeoutMs }: ReceiveOptions): readonly ReceivedMessage[] {
    const now = this.#clock().getTime();
    const columns = 'seq, id, sent_at, deliveries, receives';
    const ready = `SELECT ${columns} FROM messages WHERE seq > ? AND visible_at <= ? ORDER BY seq LIMIT ?`;
    // Looking takes no write lock, so that an idle receiver is in nobody's way.
    if (this.#db.read(() => this.#db.prepare(ready).get(0, now, 1)) === undefined) return [];
    return this.#db.transaction(() => {
      const taken: ReceivedMessage[] = [];
      for (let after = 0; ;) {
        const rows = this.#db.prepare(ready).all(after, now, max - taken.length) as unknown as readonly Row[];
        for (const row of rows) {
          if (row.receives >= this.#maxReceiveCount) this.#bury(row.seq);
          else taken.push(this.#deliver(row, now + visibilityTimeoutMs));
          after = row.seq;
        }
        if (rows.length === 0 || taken.length === max) return taken;
      }
    }, LOSABLE);
  }

  #deliver({ seq, id, sent_at: sentAt, deliveries, receives }: Row, visibleAt: number): ReceivedMessage {
    this.#db
      .prepare('UPDATE messages SET visible_at = ?, deliveries = deliveries + 1, receives = receives + 1 WHERE seq = ?')
      .run(visibleAt, seq);
    const content = this.#db.prepare('SELECT body FROM bodies WHERE seq = ?').get(seq);
    return {
      id,
      body: String(content!['body']),
      receipt: `${seq}-${deliveries + 1}`,
      receiveCount: receives + 1,
      sentAt: new Date(sentAt),
    };
  }

  #bury(seq: number): void {
    const columns = 'seq, id, sent_at, deliveries, receives, reason';
    this.#db.prepare(`INSERT INTO dead SELECT ${columns} FROM messages WHERE seq = ?`).run(seq);
    this.#db.prepare('DELETE FROM messages WHERE seq = ?').run(seq);
  }

  #wake(): void {
    for (const waiting of this.#waiting) waiting.abort();
  }

  async #waitForMessage(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    this.#waiting.add(woken);
    const ends = signal === undefined ? woken.signal : AbortSignal.any([woken.signal, signal]);
    try {
      await setTimeout(timeoutMs, undefined, { signal: ends });
    } catch (error) {
      if (!ends.aborted) throw error;
    } finally {
      this.#waiting.delete(woken);
    }
  }
}

function parseReceipt(receipt: string): { readonly seq: number; readonly delivery: number } {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(receipt);
  if (match === null) {
    throw new NerError(
      'E_QUEUE_MESSAGE',
      `queue: not a receipt of this queue, got ${JSON.stringify(receipt.slice(0, 80))}; expected one that receive gave.`,
    );
  }
  return { seq: Number(match[1]), delivery: Number(match[2]) };
}
