/** Raised when `TREND_SCHEMA` changes. */
export const TREND_SCHEMA_VERSION = 1;

/**
 * Counts lie in the order of time, then of name: what comes in now touches few pages, and what is old goes in one
 * stroke. Names have numbers that are never used again. Grain: 0 minute, 1 hour, 2 day.
 */
export const TREND_SCHEMA = `
  CREATE TABLE packs (id BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX packs_at ON packs(at);
  CREATE TABLE totals (
    grain INTEGER NOT NULL, bucket INTEGER NOT NULL, tweets INTEGER NOT NULL,
    PRIMARY KEY (grain, bucket)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE names (
    n INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, form TEXT NOT NULL,
    first INTEGER NOT NULL, last_day INTEGER NOT NULL, UNIQUE (type, form)
  ) STRICT;
  CREATE INDEX names_last_day ON names(last_day);
  CREATE TABLE counts (
    grain INTEGER NOT NULL, bucket INTEGER NOT NULL, name INTEGER NOT NULL,
    tweets INTEGER NOT NULL, authors BLOB NOT NULL,
    PRIMARY KEY (grain, bucket, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE surfaces (
    name INTEGER NOT NULL, text TEXT NOT NULL, tweets INTEGER NOT NULL,
    PRIMARY KEY (name, text)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE examples (
    hour INTEGER NOT NULL, name INTEGER NOT NULL, rank INTEGER NOT NULL, id TEXT NOT NULL, tweet TEXT NOT NULL,
    PRIMARY KEY (hour, name, rank, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE pairs (
    hour INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, tweets INTEGER NOT NULL,
    PRIMARY KEY (hour, a, b)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE merges (
    type TEXT NOT NULL, form TEXT NOT NULL, into_form TEXT NOT NULL,
    reason TEXT NOT NULL, score REAL NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (type, form)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE forgotten (times INTEGER NOT NULL) STRICT;
  INSERT INTO forgotten VALUES (0);
  CREATE TRIGGER names_deleted AFTER DELETE ON names BEGIN DELETE FROM surfaces WHERE name = old.n; END
`;
