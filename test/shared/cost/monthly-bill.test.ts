import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CostLoad, costLoadSchema, LOAD_ASSUMPTIONS } from '../../../shared/cost/cost-load.ts';
import { type Bill, monthlyBill, tweetsPerMessage } from '../../../shared/cost/monthly-bill.ts';
import { PRICES } from '../../../shared/cost/prices.ts';

const LOAD: CostLoad = {
  ...LOAD_ASSUMPTIONS,
  tweetsPerSecond: 6_000,
  tweetsPerSecondPerVcpu: 500,
  architecture: 'arm64',
  taggedDays: 30,
  oldVersionDays: 0,
  logDays: 30,
  trainingInstance: 'ml.g5.xlarge',
  trainingDiscountedTo: 0.3,
};

const line = (bill: Bill, name: string): number => bill.lines.find((each) => each.name === name)!.dollars;

describe('the monthly bill', () => {
  test.each([
    // tweets / rate x 1769/1024 GB x price: 15.552e9 tweets a month at 6,000 a second.
    { rate: 50, arm64: 7_164, x86: 8_956 },
    { rate: 100, arm64: 3_582, x86: 4_478 },
    { rate: 500, arm64: 716, x86: 896 },
    { rate: 2_000, arm64: 179, x86: 224 },
  ])('computes for compute at $rate tweets/s a vCPU what was computed by hand', ({ rate, arm64, x86 }) => {
    for (const [architecture, expected] of [
      ['arm64', arm64],
      ['x86', x86],
    ] as const) {
      const bill = monthlyBill({ ...LOAD, architecture, tweetsPerSecondPerVcpu: rate });
      expect(Math.abs(line(bill, 'Lambda tagger, compute') - expected)).toBeLessThan(1);
    }
  });

  test('counts messages, objects and what is kept as computed by hand', () => {
    // 63,920 bytes / 501 = 127 tweets a message; 15.552e9 / 127 = 122.457 M messages and objects.
    expect(tweetsPerMessage(500)).toBe(127);
    const bill = monthlyBill(LOAD);
    expect(bill.tweets).toBe(15_552_000_000);
    // 122.457 x 2.1 x 0.40
    expect(line(bill, 'SQS ingest')).toBeCloseTo(102.86, 1);
    // 122.457 x 5
    expect(line(bill, 'S3 PUT, results')).toBeCloseTo(612.28, 1);
    // 12.2457 M invocations x 0.20
    expect(line(bill, 'Lambda tagger, requests')).toBeCloseTo(2.449, 2);
    // 15.552e9 x 800 B = 12,441.6 GB, for a month, x 0.023
    expect(line(bill, 'S3 storage, results')).toBeCloseTo(286.16, 1);
    // 4 x 2 h x 1.408 x 0.3
    expect(line(bill, 'SageMaker training')).toBeCloseTo(3.379, 2);
  });

  test('sums to its total, and names the largest line', () => {
    const bill = monthlyBill(LOAD);
    expect(bill.lines.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(bill.dollars, 6);
    expect(bill.dollarsPerMillion * 15_552).toBeCloseTo(bill.dollars, 6);
    expect(bill.dominant.dollars).toBe(Math.max(...bill.lines.map(({ dollars }) => dollars)));
  });

  test('never falls when there is more of anything that costs, nor rises with a faster tagger', () => {
    const more = [
      'tweetsPerSecond',
      'tweetBytes',
      'taggedDays',
      'logDays',
      'retrains',
      'apiRequests',
      'backfillTweets',
    ] as const;
    const whole = fc.integer({ min: 1, max: 5_000 });
    fc.assert(
      fc.property(fc.constantFrom(...more), whole, whole, (name, a, b) => {
        const at = (value: number): number => monthlyBill({ ...LOAD, [name]: Math.max(50, value) }).dollars;
        expect(at(Math.max(a, b))).toBeGreaterThanOrEqual(at(Math.min(a, b)) - 1e-9);
      }),
    );
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const at = (rate: number): number => monthlyBill({ ...LOAD, tweetsPerSecondPerVcpu: rate }).dollars;
        expect(at(Math.max(a, b))).toBeLessThanOrEqual(at(Math.min(a, b)) + 1e-9);
      }),
    );
  });

  test('costs a million tweets what docs/cost.md says: under 0.10 dollars where results are kept for a month', () => {
    const month = monthlyBill({ ...LOAD, tweetsPerSecondPerVcpu: 2_700, oldVersionDays: 0 });
    expect(month.dollarsPerMillion).toBeLessThan(0.1);
  });

  test('has a date and a source for each price', () => {
    for (const { date, source } of Object.values(PRICES)) {
      expect(date).toMatch(/^2026-\d\d-\d\d$/);
      expect(source).not.toBe('');
    }
  });

  test('fails for an instance without a price', () => {
    expect(costLoadSchema.safeParse({ ...LOAD, trainingInstance: 'ml.p5.48xlarge' }).success).toBe(false);
    expect(costLoadSchema.safeParse({ ...LOAD, trainingInstance: 's3Put' }).success).toBe(false);
  });
});
