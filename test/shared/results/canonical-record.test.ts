import { expect, test } from 'vitest';
import { canonicalRecord } from '../../../shared/results/canonical-record.ts';

test('lone surrogates become U+FFFD, pairs stay, and lengths do not change', () => {
  const entity = { type: 'person', text: 'A\udc00', start: 0, end: 2, startCp: 0, endCp: 2, score: 1 };
  const record = {
    id: '1',
    entities: [entity],
    model: 'm',
    taggedAt: '2026-03-04T05:06:07.008Z',
    text: 'A\udc00😀\ud83d',
  };
  expect(canonicalRecord(record)).toEqual({
    ...record,
    entities: [{ ...entity, text: 'A\ufffd' }],
    text: 'A\ufffd😀\ufffd',
  });
});

test.each([
  ['2026-03-04T05:06:07+02:00', '2026-03-04T03:06:07.000Z'],
  ['2026-03-04T05:06:07.1239Z', '2026-03-04T05:06:07.123Z'],
  ['2026-03-04T05:06Z', '2026-03-04T05:06:00.000Z'],
])('the time %s is %s', (createdAt, utc) => {
  const record = { id: '1', entities: [], model: 'm', taggedAt: '2026-03-04T05:06:07.008Z' };
  expect(canonicalRecord({ ...record, createdAt })).toEqual({ ...record, createdAt: utc });
});
