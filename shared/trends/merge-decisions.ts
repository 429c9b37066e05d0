import type { Merge, MergeRequest } from '../contracts/trends.ts';
import { NerError } from '../ner-error.ts';
import type { Database } from '../sqlite/database.ts';
import { GRAIN_NUMBER } from './pack-writer.ts';
import { findVariants, type FormCount, type WordVector } from './variants.ts';

/** Forms that are compared with each other: the most frequent ones. What is rarer hardly shows. */
const MAX_FORMS = 10_000;

/** Days whose counts say which of two forms is the frequent one. */
const DAYS = 7;

/** Merges: found by rules, pinned and undone by people. They say how counts are shown, and change none. */
export class MergeDecisions {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Looks for variants among the names of the last days. What a person decided stays as it is. */
  find(today: number, vectorOf?: WordVector): void {
    const forms = this.#db.read(() => this.#db.prepare(FREQUENT_FORMS).all(GRAIN_NUMBER.day, today - DAYS));
    const found = findVariants(forms as readonly unknown[] as readonly FormCount[], vectorOf);
    this.#db.transaction(() => {
      this.#db.prepare("DELETE FROM merges WHERE state = 'auto'").run();
      for (const merge of found) this.#put(merge, 'NOTHING');
    });
  }

  /**
   * Undoes a merge for good, or pins one.
   *
   * @throws {E_MERGE_UNKNOWN} when there is no such merge to undo, or no such name to merge
   */
  decide(request: MergeRequest): Merge {
    return this.#db.transaction(() => {
      const merge = request.action === 'undo' ? this.#undone(request) : this.#pinned(request);
      this.#put(merge, UPDATE);
      return merge;
    });
  }

  #undone({ type, form }: { readonly type: string; readonly form: string }): Merge {
    const row = this.#db
      .prepare('SELECT type, form, into_form AS "into", reason, score, state FROM merges WHERE type = ? AND form = ?')
      .get(type, form);
    if (row !== undefined) return { ...(row as unknown as Merge), state: 'undone' };
    throw new NerError(
      'E_MERGE_UNKNOWN',
      `merges: nothing is merged as '${form}' of type '${type}'; expected a form that 'tagwright trends merges' lists.`,
    );
  }

  #pinned({ type, form, into }: { readonly type: string; readonly form: string; readonly into: string }): Merge {
    const isCounted = this.#db.prepare('SELECT 1 FROM names WHERE type = ? AND form = ?');
    for (const name of [form, into]) {
      if (isCounted.get(type, name) !== undefined) continue;
      throw new NerError(
        'E_MERGE_UNKNOWN',
        `merges: no '${name}' of type '${type}' is counted; expected forms as 'tagwright trends --json' has them in its keys.`,
      );
    }
    if (form === into) throw new NerError('E_MERGE_UNKNOWN', `merges: '${form}' is to be merged with itself.`);
    const row = this.#db
      .prepare('SELECT reason, score FROM merges WHERE type = ? AND form = ? AND into_form = ?')
      .get(type, form, into);
    const found = row as unknown as Pick<Merge, 'reason' | 'score'> | undefined;
    return { type, form, into, reason: found?.reason ?? 'person', score: found?.score ?? 1, state: 'pinned' };
  }

  #put({ type, form, into, reason, score, state }: Merge, onConflict: string): void {
    this.#db
      .prepare(`INSERT INTO merges VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (type, form) DO ${onConflict}`)
      .run(type, form, into, reason, score, state);
  }
}

const UPDATE = `UPDATE SET into_form = excluded.into_form, reason = excluded.reason, score = excluded.score,
  state = excluded.state`;

const FREQUENT_FORMS = `
  SELECT type, form, tweets FROM names JOIN (
    SELECT name, sum(tweets) AS tweets FROM counts WHERE grain = ? AND bucket > ?
    GROUP BY name ORDER BY tweets DESC, name LIMIT ${MAX_FORMS}
  ) ON n = name`;
