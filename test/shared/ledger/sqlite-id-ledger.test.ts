import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteIdLedger } from '../../../shared/ledger/sqlite-id-ledger.ts';
import { idLedgerConformance } from '../../support/conformance/id-ledger.ts';
import { codeOf } from '../../support/error-code.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function openLedger(path = join(tempFolder(), 'ledger.db'), clock: () => Date = () => new Date()): SqliteIdLedger {
  const ledger = new SqliteIdLedger({ path, clock, busyTimeoutMs: 20 });
  onTestFinished(() => {
    ledger.close();
  });
  return ledger;
}

idLedgerConformance('SqliteIdLedger', async () => {
  const clock = createFakeClock();
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
  };
  return { ledger: openLedger(undefined, clock), now: clock, advance };
});

test('keeps claims when it is closed and opened again', async () => {
  const path = join(tempFolder(), 'ledger.db');
  const before = openLedger(path);
  await before.claim(['1'], 'A');
  before.close();
  expect(await openLedger(path).claim(['1', '2'], 'B')).toEqual(['2']);
});

test('prunes more claims than one step looks at, while others claim', async () => {
  const clock = createFakeClock();
  const ledger = openLedger(undefined, clock);
  const wanted = Array.from({ length: 12_345 }, (_, i) => String(i * 7));
  await ledger.claim(wanted, 'old');
  clock.advance(1);
  const pruning = ledger.prune(clock());
  await ledger.claim(['3', '10', '86410'], 'young');
  expect(await pruning).toBe(12_345);
  expect(await ledger.claim(['0', '3', '7', '10', '86410'], 'other')).toEqual(['0', '7']);
});

test('fails when another process holds the file', async () => {
  const path = join(tempFolder(), 'ledger.db');
  const ledger = openLedger(path);
  const holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  expect(await codeOf(() => ledger.claim(['1'], 'A'))).toBe('E_DATABASE_LOCKED');
  holder.close();
  expect(await ledger.claim(['1'], 'A')).toEqual(['1']);
});

test('fails for a file that is no database', async () => {
  const path = join(tempFolder(), 'ledger.db');
  writeFileSync(path, 'tweets, not a database '.repeat(100));
  expect(await codeOf(() => openLedger(path))).toBe('E_DATABASE_CORRUPT');
});
