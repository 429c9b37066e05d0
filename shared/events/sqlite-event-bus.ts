import { type BusEvent, busEventSchema, type BusEventType } from '../contracts/events.ts';
import { Database } from '../sqlite/database.ts';
import type { EventBus } from './event-bus.ts';
import { assertEventSize } from './event-size.ts';

export interface SqliteEventBusOptions {
  /** Made when it is not there. */
  readonly path: string;
  readonly clock: () => Date;
  readonly busyTimeoutMs?: number;
}

/** Who listens, by a name that stays the same: what one has had is told to another all the same. */
export interface Subscription {
  readonly name: string;
  readonly types: readonly BusEventType[];
}

/** An event in the hands of a subscriber. */
export interface Delivery {
  readonly subscriber: string;
  readonly seq: number;
  readonly event: BusEvent;
  /** 1 at the first delivery. */
  readonly tries: number;
}

/** An event that a subscriber failed at too often. */
export interface DeadEvent {
  readonly subscriber: string;
  readonly event: BusEvent;
  readonly tries: number;
  readonly reason: string;
}

/**
 * A delivery is a row from its first try on, so that publishing need not know who listens, and an event from before the
 * first host ran reaches that host as well.
 */
const SCHEMA = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, published_at INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE deliveries (
    subscriber TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, due_at INTEGER NOT NULL,
    reason TEXT, PRIMARY KEY (subscriber, seq)
  ) STRICT, WITHOUT ROWID;
`;

/** Events of a fortnight are enough for a host that was down; EventBridge tries for a day. */
const KEPT_MS = 14 * 24 * 60 * 60 * 1_000;

interface DeliveryRow {
  readonly seq: number;
  readonly body: string;
  readonly tries: number;
}

/**
 * Events in one SQLite file, for any number of publishing processes. Each subscriber is told of every event of its types
 * that is not older than a fortnight, also of those from before it was there, until it is done with it. What was published
 * survives `kill -9` and the loss of power (see Database). Who listens is `createEventDispatcher`'s matter.
 *
 * @throws {E_DATABASE_LOCKED} {E_DATABASE_CORRUPT} {E_FILE_UNWRITABLE} from the constructor and every method
 */
export class SqliteEventBus implements EventBus {
  readonly #db: Database;
  readonly #clock: () => Date;
  readonly #listeners = new Set<() => void>();

  constructor({ path, clock, busyTimeoutMs }: SqliteEventBusOptions) {
    const timeout = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
    this.#db = new Database({ path, what: 'events', version: 1, schema: SCHEMA, ...timeout });
    this.#clock = clock;
  }

  async publish(events: readonly BusEvent[]): Promise<void> {
    for (const event of events) assertEventSize(event);
    if (events.length === 0) return;
    const now = this.#clock().getTime();
    this.#db.transaction(() => {
      const insert = this.#db.prepare('INSERT INTO events VALUES (NULL, ?, ?, ?)');
      for (const event of events) insert.run(event['detail-type'], now, JSON.stringify(event));
    });
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after each `publish` of this process; returns the call that ends that. */
  onPublish(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The oldest event that the subscriber has to be told of now; nobody else gets it for `leaseMs`. */
  take({ name, types }: Subscription, leaseMs: number): Delivery | undefined {
    const now = this.#clock().getTime();
    const sql = `SELECT events.seq, body, coalesce(tries, 0) AS tries FROM events
      LEFT JOIN deliveries ON deliveries.seq = events.seq AND subscriber = ?
      WHERE type IN (${types.map(() => '?').join(', ')}) AND (state IS NULL OR (state = 'waiting' AND due_at <= ?))
      ORDER BY events.seq LIMIT 1`;
    const next = (): DeliveryRow | undefined =>
      this.#db.prepare(sql).get(name, ...types, now) as unknown as DeliveryRow | undefined;
    // Looking takes no write lock, so that an idle host is in nobody's way.
    if (this.#db.read(next) === undefined) return undefined;
    return this.#db.transaction(() => {
      const row = next();
      if (row === undefined) return undefined;
      const tries = row.tries + 1;
      this.#db
        .prepare("INSERT OR REPLACE INTO deliveries VALUES (?, ?, 'waiting', ?, ?, NULL)")
        .run(name, row.seq, tries, now + leaseMs);
      return { subscriber: name, seq: row.seq, tries, event: busEventSchema.parse(JSON.parse(row.body)) };
    });
  }

  /** The subscriber is still at it. */
  extend(delivery: Delivery, leaseMs: number): void {
    this.#settle(delivery, { state: 'waiting', dueAt: this.#clock().getTime() + leaseMs, reason: null });
  }

  done(delivery: Delivery): void {
    this.#settle(delivery, { state: 'done', dueAt: 0, reason: null });
  }

  /** The subscriber is told again after `delayMs`. */
  retry(delivery: Delivery, delayMs: number, reason: string): void {
    this.#settle(delivery, { state: 'waiting', dueAt: this.#clock().getTime() + delayMs, reason });
  }

  /** The subscriber is not told again, unless by `redrive`. */
  bury(delivery: Delivery, reason: string): void {
    this.#settle(delivery, { state: 'dead', dueAt: 0, reason });
  }

  /** The oldest first. */
  dead(): readonly DeadEvent[] {
    const rows = this.#db.read(() =>
      this.#db
        .prepare(
          "SELECT subscriber, body, tries, reason FROM deliveries JOIN events USING (seq) WHERE state = 'dead' ORDER BY seq",
        )
        .all(),
    ) as unknown as readonly (Omit<DeadEvent, 'event'> & { readonly body: string })[];
    return rows.map(({ body, subscriber, tries, reason }) => ({
      subscriber,
      tries,
      reason,
      event: busEventSchema.parse(JSON.parse(body)),
    }));
  }

  /** Tells the subscribers once more of what they failed at; returns of how many events. */
  redrive(): number {
    const moved = this.#db.transaction(() =>
      Number(
        this.#db.prepare("UPDATE deliveries SET state = 'waiting', tries = 0, due_at = 0 WHERE state = 'dead'").run()
          .changes,
      ),
    );
    for (const listener of this.#listeners) listener();
    return moved;
  }

  /** Forgets events that are older than a fortnight, dead ones aside. */
  prune(): void {
    const before = this.#clock().getTime() - KEPT_MS;
    this.#db.transaction(() => {
      this.#db
        .prepare(
          "DELETE FROM events WHERE published_at < ? AND seq NOT IN (SELECT seq FROM deliveries WHERE state = 'dead')",
        )
        .run(before);
      this.#db.prepare('DELETE FROM deliveries WHERE seq NOT IN (SELECT seq FROM events)').run();
    });
  }

  close(): void {
    this.#db.close();
  }

  #settle({ subscriber, seq, tries }: Delivery, { state, dueAt, reason }: Settlement): void {
    this.#db.transaction(() => {
      // Whoever took it after this lease was over has counted one more try, and has the say.
      this.#db
        .prepare(
          'UPDATE deliveries SET state = ?, due_at = ?, reason = ? WHERE subscriber = ? AND seq = ? AND tries = ?',
        )
        .run(state, dueAt, reason, subscriber, seq, tries);
    });
  }
}

interface Settlement {
  readonly state: 'waiting' | 'done' | 'dead';
  readonly dueAt: number;
  readonly reason: string | null;
}
