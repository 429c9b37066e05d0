import { expect, test } from 'vitest';
import { labelReading, labelValues, parseNotSet } from '../../../training/analysis/label-reading.ts';
import { expectFails } from '../../support/expect-fails.ts';

test.each([
  ['', false],
  ['   ', false],
  ['0', false],
  ['No', false],
  [' FALSE ', false],
  ['N/A', false],
  ['1', true],
  ['x', true],
  ['none', true],
  ['0.0', true],
])("'%s' is set: %s", (value, isSet) => {
  expect(labelReading()(value)).toBe(isSet);
});

test('values may be named, and then those alone say no', () => {
  const isSet = labelReading(parseNotSet('None, -'));
  expect(['none', '-', '', '0', 'no'].map(isSet)).toEqual([false, false, false, true, true]);
});

test('fails when a named value is empty', () => {
  expectFails(() => parseNotSet('0,,no'), 'E_USAGE', "got '0,,no'");
});

test('values are counted by column, the most frequent first', () => {
  const rows = [{ Safety: '1' }, { Safety: '' }, { Safety: '' }, { Safety: '0' }];
  expect(labelValues(rows, ['Safety'], labelReading())).toEqual([
    { column: 'Safety', value: '', comments: 2, isSet: false },
    { column: 'Safety', value: '0', comments: 1, isSet: false },
    { column: 'Safety', value: '1', comments: 1, isSet: true },
  ]);
});
