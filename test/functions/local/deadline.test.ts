import { expect, test } from 'vitest';
import { createDeadline } from '../../../functions/local/deadline.ts';

test('work that ends before the deadline was done, work that does not is left', async () => {
  const deadline = createDeadline(30);
  expect(await deadline.within(Promise.resolve())).toBe(true);
  expect(await deadline.within(new Promise(() => undefined))).toBe(false);
  expect(deadline.leftMs()).toBe(0);
});

test('what is left can be asked for in parts', () => {
  const deadline = createDeadline(1_000_000);
  expect(deadline.leftMs(0.5)).toBeLessThanOrEqual(500_000);
  expect(deadline.leftMs(0.5)).toBeGreaterThan(400_000);
});

test('fails as the work does', async () => {
  await expect(createDeadline(10_000).within(Promise.reject(new Error('no')))).rejects.toThrow('no');
});
