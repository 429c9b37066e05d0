import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLineBatch } from '../../../functions/local/line-batches.ts';
import { LINE_MAX_BYTES } from '../../../shared/contracts/limits.ts';
import { splitLines } from '../../../shared/stream/split-lines.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const maxBytes = 2 * LINE_MAX_BYTES;

async function readAll(content: string, maxLines: number): Promise<readonly string[]> {
  const path = join(tempFolder(), 'lines');
  writeFileSync(path, content);
  const file = await open(path);
  const lines: string[] = [];
  try {
    for (let offset = 0; ;) {
      const batch = await readLineBatch(file, offset, { maxBytes, maxLines });
      if (batch === undefined) return lines;
      const found = [...splitLines(batch.bytes, 2)].map(({ bytes }) => Buffer.from(bytes).toString());
      expect(found).toHaveLength(batch.lineCount);
      expect(found.length).toBeLessThanOrEqual(maxLines);
      lines.push(...found);
      offset = batch.endOffset;
    }
  } finally {
    await file.close();
  }
}

test('gives every line once, whatever the limit and wherever lines end', async () => {
  const lines = fc.array(fc.constantFrom('', 'a', 'é'.repeat(20), 'x'.repeat(30_000)), { maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), fc.integer({ min: 1, max: 4 }), async (all, ends, maxLines) => {
      const content = all.join('\n') + (ends && all.length > 0 ? '\n' : '');
      const expected = [...splitLines(Buffer.from(content), 2)].map(({ bytes }) => Buffer.from(bytes).toString());
      expect(await readAll(content, maxLines)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['in the middle', `a\n${'x'.repeat(5 * maxBytes)}\nb\n`, ['a', 'long', 'b']],
  ['at the end, without an end', `a\n${'x'.repeat(3 * maxBytes)}`, ['a', 'long']],
  ['as long as the buffer', `${'x'.repeat(maxBytes)}\nb`, ['long', 'b']],
])('gives one line that is too long for a line longer than the buffer, %s', async (_, content, expected) => {
  const lines = await readAll(content, Infinity);
  expect(lines.map((line) => (line.length > LINE_MAX_BYTES ? 'long' : line))).toEqual(expected);
});
