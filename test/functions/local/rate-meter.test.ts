import { expect, test } from 'vitest';
import { RateMeter } from '../../../functions/local/rate-meter.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

test('is the mean of the last whole seconds', () => {
  const clock = createFakeClock();
  const meter = new RateMeter(clock, 3);
  for (const count of [100, 10, 20, 30]) {
    meter.add(count);
    clock.advance(1_000);
  }
  meter.add(1_000);
  expect(meter.perSecond()).toBe((10 + 20 + 30) / 3);
});

test('goes down to nothing when nothing happens', () => {
  const clock = createFakeClock();
  const meter = new RateMeter(clock, 3);
  meter.add(9);
  expect(meter.perSecond()).toBe(9);
  clock.advance(2_000);
  expect(meter.perSecond()).toBe(4.5);
  clock.advance(2_000);
  expect(meter.perSecond()).toBe(0);
});

test('is nothing before the first event', () => {
  expect(new RateMeter(createFakeClock()).perSecond()).toBe(0);
});
