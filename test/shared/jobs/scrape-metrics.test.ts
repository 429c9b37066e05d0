import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrapeMetrics } from '../../../shared/jobs/scrape-metrics.ts';

test('finds every figure of a line, and none in what only looks like one', () => {
  expect(scrapeMetrics('train_epoch=3; train_loss=1.5e-7; val_f1=0.4711;')).toEqual([
    { name: 'train:loss', value: 1.5e-7 },
    { name: 'val:f1', value: 0.4711 },
    { name: 'train:epoch', value: 3 },
  ]);
  expect(scrapeMetrics('val_f1=NaN; train_loss=e; val_f1 = 1;')).toEqual([]);
});

test('reads any number that is printed', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(scrapeMetrics(`val_f1=${value};`)).toEqual([{ name: 'val:f1', value: value + 0 }]);
    }),
  );
});
