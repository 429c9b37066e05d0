import { expect, test } from 'vitest';
import { createWatchdog } from '../../../functions/sources/watchdog.ts';
import { createManualWaits } from '../../support/manual-waits.ts';

/** A watchdog with a limit of a second, whose quarters pass when the test says so. */
function bench() {
  const waits = createManualWaits();
  const stop = new AbortController();
  let idle = 0;
  const watchdog = createWatchdog({ idleMs: 1_000, wait: waits.wait, onIdle: () => (idle += 1) }, stop.signal);
  const quarters = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      (await waits.next((ms) => ms === 250)).release();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { watchdog, quarters, stop, waits, idle: () => idle };
}

test('tells once when nothing came for the whole time', async () => {
  const { quarters, idle } = bench();
  await quarters(4);
  expect(idle()).toBe(0);
  await quarters(1);
  expect(idle()).toBe(1);
});

test('begins again with whatever comes', async () => {
  const { watchdog, quarters, idle } = bench();
  await quarters(4);
  watchdog.arm();
  await quarters(4);
  expect(idle()).toBe(0);
});

test('does not count the time in which nothing is expected', async () => {
  const { watchdog, quarters, idle } = bench();
  watchdog.disarm();
  await quarters(9);
  expect(idle()).toBe(0);
  watchdog.arm();
  await quarters(5);
  expect(idle()).toBe(1);
});

test('ends at the signal', async () => {
  const { stop, waits, idle } = bench();
  stop.abort();
  await Promise.resolve();
  expect([waits.asked.length, idle()]).toEqual([1, 0]);
});
