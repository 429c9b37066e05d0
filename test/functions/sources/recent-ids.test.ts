import { expect, test } from 'vitest';
import { RecentIds } from '../../../functions/sources/recent-ids.ts';

test('knows the last ids, and forgets the oldest first', () => {
  const recent = new RecentIds(2);
  expect(['a', 'b', 'a', 'c', 'a'].map((id) => recent.add(id))).toEqual([true, true, false, true, true]);
});
