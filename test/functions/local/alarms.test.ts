import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAlarms } from '../../../functions/local/alarms.ts';
import { ALARM_CODES } from '../../../shared/contracts/api.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

test('an alarm that is raised again keeps its time and tells the newer detail, until it is cleared', () => {
  const clock = createFakeClock('2026-03-04T05:06:07.000Z');
  const alarms = createAlarms(clock);
  alarms.raise('model_refused', 'first');
  clock.advance(1_000);
  alarms.raise('queue_full', 'full');
  alarms.raise('model_refused', 'second');
  expect(alarms.active()).toEqual([
    { code: 'model_refused', detail: 'second', since: '2026-03-04T05:06:07.000Z' },
    { code: 'queue_full', detail: 'full', since: '2026-03-04T05:06:08.000Z' },
  ]);
  alarms.clear('model_refused');
  alarms.set('queue_full', false, 'full');
  alarms.clear('dead_letters');
  expect(alarms.active()).toEqual([]);
  alarms.set('model_refused', true, 'again');
  expect(alarms.active()).toMatchObject([{ since: '2026-03-04T05:06:08.000Z' }]);
});

test('docs/operations-local.md says of every alarm what to do, and of nothing else', () => {
  const page = readFileSync(new URL('../../../docs/operations-local.md', import.meta.url), 'utf8');
  const section = page.split('## Alarms')[1]!.split('## ')[0]!;
  expect([...section.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code)).toEqual([...ALARM_CODES]);
});
