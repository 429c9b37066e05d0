import { expect, test } from 'vitest';
import { compareCodePoints } from '../../../shared/labels/code-point-order.ts';

test('sorts as Python does: by code points, prefixes first', () => {
  // sorted(['b', 'a-b', 'ab', 'a', 'B', '\U0001F600', '\uE000', '']) in Python.
  const expected = ['', 'B', 'a', 'a-b', 'ab', 'b', '\uE000', '\u{1F600}'];
  expect([...expected].reverse().sort(compareCodePoints)).toEqual(expected);
  expect([...expected].sort()).not.toEqual(expected);
});
