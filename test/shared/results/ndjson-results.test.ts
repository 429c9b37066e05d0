import { describe, expect, test } from 'vitest';
import { readNdjsonResults } from '../../../shared/results/ndjson-results.ts';
import { plainPack } from '../../support/result-packs.ts';

const { records } = plainPack('a', 3);
const lines = records.map((record) => JSON.stringify(record));
const body = (text: string): Uint8Array => Buffer.from(text);

test('gives the records of a whole object', () => {
  expect(readNdjsonResults('k', body(`${lines.join('\n')}\n`))).toEqual({ records, damage: undefined });
});

describe('fails', () => {
  test.each([
    ['an empty object', '', 1, 0],
    ['a line that is no JSON', `${lines[0]}\n{"id"\n${lines[2]}\n`, 2, 2],
    ['a line that is no record', `{"id":"1"}\n`, 1, 0],
    ['an object that ends inside a line', `${lines[0]}\n${lines[1]!.slice(0, 20)}`, 2, 1],
    ['an object whose last line has no end', lines.join('\n'), 3, 2],
  ])('for %s, and gives the good lines', (_, text, line, good) => {
    const found = readNdjsonResults('tagged/x.ndjson', body(text));
    expect(found.damage?.code).toBe('E_RESULT_DAMAGED');
    expect(found.damage?.message).toMatch(new RegExp(`^tagged/x\\.ndjson:${line}: results: `));
    expect(found.records).toHaveLength(good);
  });
});
