import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { expect, test } from 'vitest';
import { canonicalRecord } from '../../../shared/results/canonical-record.ts';
import { decodeParquet, encodeParquet, idsByPack, type PackedRecord } from '../../../shared/results/parquet-results.ts';
import { codeOf } from '../../support/error-code.ts';
import { plainPack, resultPacks } from '../../support/result-packs.ts';

const packed = resultPacks.map((packs) =>
  packs.flatMap(({ pack, records }) => records.map((record) => ({ pack, record: canonicalRecord(record) }))),
);

test('records come back as they went, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(packed, async (records) => {
      expect(await decodeParquet('k', encodeParquet(records))).toEqual(records);
    }),
    { numRuns: 60 },
  );
});

test('more rows than a row group has come back as they went', async () => {
  const records: PackedRecord[] = Array.from({ length: 45_000 }, (_, i) => {
    const [record] = plainPack(String(i % 7), 1).records;
    const entities = Array.from({ length: i % 4 }, () => record!.entities[0]!);
    return { pack: String(i >> 8), record: canonicalRecord({ ...record!, id: String(i), entities }) };
  });
  const body = encodeParquet(records);
  expect(parquetMetadata(new Uint8Array(body).buffer).row_groups).toHaveLength(3);
  expect(await decodeParquet('k', body)).toEqual(records);
});

test('ids are given by pack', async () => {
  const records = [plainPack('a'), plainPack('b', 1)].flatMap(({ pack, records: all }) =>
    all.map((record) => ({ pack, record })),
  );
  expect([...(await idsByPack('k', encodeParquet(records)))]).toEqual([
    [plainPack('a').pack, ['a-0', 'a-1']],
    [plainPack('b').pack, ['b-0']],
  ]);
});

test.each([0, 3, 100])('fails for a file that was cut short at %d bytes', async (sizeBytes) => {
  const body = encodeParquet(plainPack('a').records.map((record) => ({ pack: 'p', record })));
  expect(await codeOf(() => decodeParquet('some/key.parquet', body.subarray(0, sizeBytes)))).toBe('E_RESULT_DAMAGED');
});
