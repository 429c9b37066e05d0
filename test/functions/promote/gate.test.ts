import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../functions/promote/gate.ts';
import {
  comparisonSchema,
  DEFAULT_GATE,
  promotionGateSchema,
  type Comparison,
} from '../../../shared/contracts/promotion.ts';

const compared: Comparison = comparisonSchema.parse({
  test: 'a'.repeat(64),
  sentences: 1_000,
  f1: 0.5,
  championF1: 0.49,
  difference: 0.01,
  interval: { low: -0.01, high: 0.03, level: 0.95, resamples: 10_000 },
  types: {
    person: { f1: 0.6, championF1: 0.65, support: 400 },
    product: { f1: 0.1, championF1: 0.3, support: 40 },
  },
});

const interval = (low: number): Comparison['interval'] => ({ low, high: 0.03, level: 0.95, resamples: 10_000 });

describe('judge', () => {
  test('lets through a candidate that is no worse, with the figures', () => {
    expect(judge(compared, DEFAULT_GATE)).toEqual({
      passes: true,
      reason: 'F1 0.5000 against 0.4900 (+0.0100), by the interval no lower than -0.0100',
    });
  });

  test.each<[string, Comparison, string]>([
    [
      'its F1 is lower',
      { ...compared, f1: 0.489, difference: -0.001 },
      'F1 0.4890 against 0.4900 (-0.0010): it has to be +0.0000 at least',
    ],
    [
      'it may be much lower: at the limit is not above it',
      { ...compared, interval: interval(-0.02) },
      'F1 0.5000 against 0.4900 (+0.0100): it may be as low as -0.0200, and has to be above -0.0200',
    ],
    [
      'a type with enough entities is lost',
      { ...compared, types: { person: { f1: 0.5, championF1: 0.65, support: 50 } } },
      'F1 0.5000 against 0.4900 (+0.0100): person fell from 0.6500 to 0.5000, by more than 0.1000',
    ],
    [
      'of several reasons, all are told',
      { ...compared, difference: -0.2, interval: interval(-0.3) },
      'F1 0.5000 against 0.4900 (-0.2000): it has to be +0.0000 at least; it may be as low as -0.3000, and has to be above -0.0200',
    ],
  ])('refuses a candidate when %s', (_, comparison, reason) => {
    expect(judge(comparison, DEFAULT_GATE)).toEqual({ passes: false, reason });
  });

  test('lets the first model through, whatever its figures', () => {
    const first = { ...compared, f1: 0, championF1: null, difference: null, interval: null };
    expect(judge(first, DEFAULT_GATE)).toEqual({ passes: true, reason: 'F1 0.0000, and no model to compare it with' });
  });

  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const signed = fc.double({ min: -1, max: 1, noNaN: true });
  const gates = fc.record({ minGain: signed, minLow: signed, maxTypeLoss: share, minTypeSupport: fc.nat(100) });
  const comparisons = fc
    .record({
      difference: signed,
      low: signed,
      types: fc.dictionary(
        fc.constantFrom('a', 'b', 'c'),
        fc.record({ f1: share, championF1: share, support: fc.nat(200) }),
      ),
    })
    .map(({ difference, low, types }): Comparison => ({ ...compared, difference, interval: interval(low), types }));
  const gain = fc.double({ min: 0, max: 1, noNaN: true });

  test('never refuses a candidate for being better', () => {
    fc.assert(
      fc.property(comparisons, gates, fc.tuple(gain, gain, gain), (worse, gate, [more, higher, ofTypes]) => {
        const better: Comparison = {
          ...worse,
          difference: worse.difference! + more,
          interval: interval(worse.interval!.low + higher),
          types: Object.fromEntries(
            Object.entries(worse.types).map(([type, of]) => [type, { ...of, f1: Math.min(1, of.f1 + ofTypes) }]),
          ),
        };
        expect(judge(better, gate).passes || !judge(worse, gate).passes).toBe(true);
      }),
    );
  });

  test('a stricter gate lets through nobody whom a laxer one refuses', () => {
    fc.assert(
      fc.property(comparisons, gates, fc.tuple(gain, gain, gain, fc.nat(100)), (comparison, lax, by) => {
        const strict = {
          minGain: lax.minGain + by[0],
          minLow: lax.minLow + by[1],
          maxTypeLoss: Math.max(0, lax.maxTypeLoss - by[2]),
          minTypeSupport: Math.max(0, lax.minTypeSupport - by[3]),
        };
        expect(judge(comparison, lax).passes || !judge(comparison, strict).passes).toBe(true);
      }),
    );
  });

  test('the default is a gate', () => {
    expect(promotionGateSchema.parse(DEFAULT_GATE)).toEqual(DEFAULT_GATE);
  });
});
