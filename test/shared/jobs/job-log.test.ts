import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createJobLog } from '../../../shared/jobs/job-log.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('is a bounded file, with what came before beside it', async () => {
  const file = join(tempFolder(), 'log');
  const log = createJobLog(file, 100);
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`);
  for (const line of lines) log.add(line);
  await log.flush();
  for (const part of [file, `${file}.1`]) expect(statSync(part).size).toBeLessThanOrEqual(100);
  const kept = `${readFileSync(`${file}.1`, 'utf8')}${readFileSync(file, 'utf8')}`;
  expect(`${lines.join('\n')}\n`.endsWith(kept)).toBe(true);
  expect(kept.length).toBeGreaterThan(100);
});

test('goes on where a process before left it, and cuts a line that is longer than the file', async () => {
  const file = join(tempFolder(), 'log');
  const first = createJobLog(file, 10);
  first.add('a');
  await first.flush();
  const second = createJobLog(file, 10);
  second.add('b');
  await second.flush();
  expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
  second.add('x'.repeat(100));
  await second.flush();
  expect(readFileSync(file, 'utf8')).toBe('x'.repeat(10));
});

test('fails to be flushed where it cannot be written', async () => {
  const log = createJobLog(join(tempFolder(), 'none', 'log'), 10);
  log.add('a');
  await expect(log.flush()).rejects.toThrow('ENOENT');
});
