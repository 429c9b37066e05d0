import { setImmediate } from 'node:timers/promises';
import { Database } from '../sqlite/database.ts';
import { claimKey } from './claim-key.ts';
import type { Claim, IdLedger } from './id-ledger.ts';

export interface SqliteIdLedgerOptions {
  /** Made when it is not there. */
  readonly path: string;
  readonly clock: () => Date;
  readonly busyTimeoutMs?: number;
}

/** Owners are numbered so that a claim is a key and a small integer: about 20 bytes for a tweet's id. */
const SCHEMA = `
  CREATE TABLE owners (n INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT;
  CREATE INDEX owners_at ON owners(at);
  CREATE TABLE claims (id BLOB PRIMARY KEY, owner INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Claims looked at in one transaction of `prune`: some milliseconds, so that claims go on meanwhile. */
const PRUNE_STEP = 5_000;

/**
 * Claims in one SQLite file, for any number of processes on one machine.
 *
 * @throws E_DATABASE_LOCKED, E_DATABASE_CORRUPT, E_FILE_UNWRITABLE from the constructor and every method.
 */
export class SqliteIdLedger implements IdLedger {
  readonly #db: Database;
  readonly #clock: () => Date;

  constructor({ path, clock, busyTimeoutMs }: SqliteIdLedgerOptions) {
    const timeout = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
    this.#db = new Database({ path, what: 'ledger', version: 1, schema: SCHEMA, ...timeout });
    this.#clock = clock;
  }

  async claim(ids: readonly string[], owner: string): Promise<readonly string[]> {
    return (await this.claimAll([{ ids, owner }]))[0]!;
  }

  async claimAll(claims: readonly Claim[]): Promise<readonly (readonly string[])[]> {
    if (claims.every(({ ids }) => ids.length === 0)) return claims.map(() => []);
    const keyed = claims.map(({ ids, owner }) => ({ ids, owner, keys: ids.map(claimKey) }));
    return this.#db.transaction(() => keyed.map((claim) => this.#claim(claim)));
  }

  async release(ids: readonly string[], owner: string): Promise<void> {
    if (ids.length === 0) return;
    this.#db.transaction(() => {
      const remove = this.#db.prepare(
        'DELETE FROM claims WHERE id = ? AND owner = (SELECT n FROM owners WHERE owner = ?)',
      );
      for (const id of ids) remove.run(claimKey(id), owner);
    });
  }

  async prune(before: Date): Promise<number> {
    const old = this.#db.read(() =>
      this.#db.prepare('SELECT 1 FROM owners WHERE at < ? LIMIT 1').get(before.getTime()),
    );
    if (old === undefined) return 0;
    let pruned = 0;
    for (let from: Uint8Array | undefined = new Uint8Array(0); from !== undefined;) {
      const step: PruneStep = this.#pruneStep(from, before);
      pruned += step.pruned;
      from = step.next;
      await setImmediate();
    }
    // Owners go last: a prune that was cut short finds them, and so its claims, the next time.
    this.#db.transaction(() => this.#db.prepare('DELETE FROM owners WHERE at < ?').run(before.getTime()));
    return pruned;
  }

  close(): void {
    this.#db.close();
  }

  #claim({ ids, owner, keys }: Claim & { readonly keys: readonly Uint8Array[] }): readonly string[] {
    if (ids.length === 0) return [];
    const number = this.#ownerNumber(owner);
    const insert = this.#db.prepare('INSERT INTO claims VALUES (?, ?) ON CONFLICT DO NOTHING');
    const holder = this.#db.prepare('SELECT 1 FROM claims WHERE id = ? AND owner = ?');
    return ids.filter((_, i) => {
      if (insert.run(keys[i]!, number).changes > 0) return true;
      return holder.get(keys[i]!, number) !== undefined;
    });
  }

  #ownerNumber(owner: string): number {
    // An owner that comes back is young again: a prune at work spares it from here on.
    const upsert =
      'INSERT INTO owners VALUES (NULL, ?, ?) ON CONFLICT (owner) DO UPDATE SET at = excluded.at RETURNING n';
    return Number(this.#db.prepare(upsert).get(owner, this.#clock().getTime())!['n']);
  }

  /** Prunes among the claims in [from, next); `next` is undefined at the end. */
  #pruneStep(from: Uint8Array, before: Date): PruneStep {
    return this.#db.transaction(() => {
      const bound = this.#db.prepare('SELECT id FROM claims WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?');
      const next = bound.get(from, PRUNE_STEP)?.['id'] as Uint8Array | undefined;
      const old = 'owner IN (SELECT n FROM owners WHERE at < ?)';
      const result =
        next === undefined
          ? this.#db.prepare(`DELETE FROM claims WHERE id >= ? AND ${old}`).run(from, before.getTime())
          : this.#db
              .prepare(`DELETE FROM claims WHERE id >= ? AND id < ? AND ${old}`)
              .run(from, next, before.getTime());
      return { pruned: Number(result.changes), next };
    });
  }
}

interface PruneStep {
  readonly pruned: number;
  readonly next: Uint8Array | undefined;
}
