import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineChunks, type LineChunk, type LineChunkLimits } from '../../../shared/stream/line-chunks.ts';
import { collect } from '../../support/collect.ts';

/** The stream `text`, cut at the places. */
async function* streamOf(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  for (const [i, start] of places.slice(0, -1).entries()) yield bytes.subarray(start, places[i + 1]);
}

async function chunksOf(
  text: string,
  limits: LineChunkLimits,
  cuts: readonly number[] = [],
): Promise<readonly LineChunk[]> {
  return collect(lineChunks(streamOf(text, cuts), limits));
}

const textOf = ({ bytes }: LineChunk): string => Buffer.from(bytes).toString();
const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

test('chunks hold whole lines, numbered, and together the stream, however it was cut', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\r', ' '), maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.boolean(),
      fc.array(fc.nat(80), { maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      async (lines, ended, cuts, maxLines) => {
        const text = lines.join('\n') + (ended ? '\n' : '');
        const chunks = await chunksOf(text, { maxLines, maxLineBytes: 100 }, cuts);
        expect(chunks.map(textOf).join('')).toBe(text);
        let next = 1;
        for (const [i, chunk] of chunks.entries()) {
          expect(chunk.firstLine).toBe(next);
          expect(textOf(chunk).endsWith('\n') || i === chunks.length - 1).toBe(true);
          expect(lineCount(textOf(chunk))).toBeLessThanOrEqual(maxLines);
          next += lineCount(textOf(chunk));
        }
      },
    ),
  );
});

test('lines that are there are passed on before more comes', async () => {
  const gate = Promise.withResolvers<undefined>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one\ntwo\nth');
    await gate.promise;
    yield Buffer.from('ree\n');
  }
  const chunks = lineChunks(slow(), { maxLines: 10, maxLineBytes: 100 });
  expect(textOf((await chunks.next()).value as LineChunk)).toBe('one\ntwo\n');
  gate.resolve(undefined);
  expect(await chunks.next()).toMatchObject({ value: { firstLine: 3 } });
});

test('of a line that is too long only a beginning comes through, and the lines after it keep their numbers', async () => {
  const text = `one\n${'x'.repeat(1_000)}\nthree\nfour`;
  const chunks = await chunksOf(text, { maxLines: 10, maxLineBytes: 8 }, [10, 20, 30, 900]);
  expect(chunks.map((chunk) => [chunk.firstLine, textOf(chunk)])).toEqual([
    [1, 'one\n'],
    [2, 'xxxxxxxxx'],
    [3, 'three\n'],
    [4, 'four'],
  ]);
});

test('a line that is too long at the end of the stream is told once', async () => {
  const chunks = await chunksOf('x'.repeat(100), { maxLines: 10, maxLineBytes: 8 }, [20, 40]);
  expect(chunks.map(textOf)).toEqual(['x'.repeat(9)]);
});
