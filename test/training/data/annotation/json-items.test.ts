import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonItems } from '../../../../training/data/annotation/json-items.ts';

async function itemsOf(text: string, piece: number): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const items: unknown[] = [];
  for await (const { value } of jsonItems({ name: 'file', chunks: chunks() }, 'item')) items.push(value);
  return items;
}

test('the items of an array are those that JSON.parse gives, however it comes in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), async (values, piece) => {
      const text = JSON.stringify(values, null, piece % 3);
      expect(await itemsOf(text, piece)).toEqual(JSON.parse(text));
    }),
    { numRuns: 100 },
  );
});

test('the lines of NDJSON are those that JSON.parse gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), async (values) => {
      const text = values.map((value) => `${JSON.stringify(value)}\n\n`).join('');
      expect(await itemsOf(text, 11)).toEqual(values.map((value) => JSON.parse(JSON.stringify(value)) as unknown));
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['[1, 2', 'file: after item 1: '],
  ['[{"a": 1}, {"a"', 'file: after item 1: cannot be read, got the end of the file in the array'],
  ['[{"a": 1}] [', 'file: after item 1: cannot be read, got no JSON'],
  ['[{"a": }]', 'file: after item 0: cannot be read, got no JSON'],
])('fails when the array is not whole: %s', async (text, message) => {
  await expect(itemsOf(text, 3)).rejects.toThrow(message);
});
