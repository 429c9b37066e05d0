import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { parseSpace, sampleDimension, valuesOf, type Dimension } from '../../../training/tune/space.ts';
import { expectFails } from '../../support/expect-fails.ts';

describe('parseSpace', () => {
  test('reads every form of a setting, in order', () => {
    const space = {
      'train.learningRate': { log: [1e-5, 1e-3] },
      'loss.kind': { choice: ['crf', 'cross-entropy'] },
      'model.dropout': { range: [0.1, 0.5, 0.1] },
      'train.weightDecay': { range: [0, 0.1] },
      'train.groups.layerDecay': { log: [0.01, 0.1, 3] },
      loss: { choice: [null, { kind: 'crf' }] },
    };
    const parsed = parseSpace('space.json', JSON.stringify(space));
    expect(parsed).toEqual(space);
    expect(Object.keys(parsed)).toEqual(Object.keys(space));
  });

  test.each([
    ['text that is no JSON', '{', 'space.json: not JSON: '],
    ['no object', '[1]', 'space.json: Invalid input: expected record, received array, got [1].'],
    ['nothing to vary', '{}', 'space.json: no setting is varied, got {}.'],
    ['a path that is none', '{"a..b": {"choice": [1]}}', 'space.json: a..b: '],
    ['a form that there is not', '{"a.b": {"uniform": [0, 1]}}', 'space.json: a.b: not {"choice": [VALUE, ...]}, '],
    ['two forms at once', '{"a.b": {"choice": [1], "log": [1, 2]}}', 'space.json: a.b: not {"choice"'],
    ['a range that runs backwards', '{"a.b": {"range": [1, 0]}}', 'a.b: the first number is not less than the second'],
    ['a step of nothing', '{"a.b": {"range": [0, 1, 0]}}', 'space.json: a.b: '],
    ['a logarithm of zero', '{"a.b": {"log": [0, 1]}}', 'a.b: the first number is not greater than 0 and less than'],
    ['one point', '{"a.b": {"log": [1, 2, 1]}}', 'space.json: a.b: '],
    ['no choice', '{"a.b": {"choice": []}}', 'space.json: a.b: '],
  ])('fails for %s', (_, text, message) => {
    expectFails(() => parseSpace('space.json', text), 'E_USAGE', message);
  });
});

describe('valuesOf', () => {
  test.each<readonly [string, Dimension, readonly unknown[] | undefined]>([
    ['a choice', { choice: [null, 'a', { b: 1 }] }, [null, 'a', { b: 1 }]],
    ['steps that floats do not have', { range: [0.1, 0.5, 0.1] }, [0.1, 0.2, 0.3, 0.4, 0.5]],
    ['steps that do not meet the end', { range: [1, 6, 2] }, [1, 3, 5]],
    ['orders of magnitude', { log: [1e-5, 1e-3, 3] }, [1e-5, 1e-4, 1e-3]],
    ['a range without steps', { range: [0, 1] }, undefined],
    ['a logarithm without points', { log: [1, 2] }, undefined],
  ])('of %s', (_, dimension, values) => {
    expect(valuesOf(dimension)).toEqual(values);
  });
});

describe('sampleDimension', () => {
  test('stays in the range, with four digits that can be typed', () => {
    const bounds = fc.tuple(
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      fc.double({ min: 1.5, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(bounds, fc.boolean(), fc.integer(), (range, log, seed) => {
        const value = sampleDimension(log ? { log: range } : { range }, createRng(seed)) as number;
        expect(value).toBeGreaterThanOrEqual(range[0]);
        expect(value).toBeLessThanOrEqual(range[1]);
        if (value !== range[0] && value !== range[1]) expect(value).toBe(Number(value.toPrecision(4)));
      }),
    );
  });

  test('draws every step as often as another, and every order of magnitude', () => {
    const rng = createRng(3);
    const counts = (dimension: Dimension, of: (value: number) => number): number[] => {
      const found = [0, 0, 0, 0];
      for (let i = 0; i < 4000; i++) found[of(sampleDimension(dimension, rng) as number)]! += 1;
      return found;
    };
    const even = [
      counts({ range: [0, 3, 1] }, (value) => value),
      counts({ range: [0, 4] }, (value) => Math.min(3, Math.floor(value))),
      counts({ log: [1e-4, 1] }, (value) => Math.min(3, 4 + Math.floor(Math.log10(value)))),
    ];
    // 1,000 expected of each; the standard deviation is sqrt(4000 / 4 * 3 / 4) = 27, and 150 is more than five of them.
    for (const count of even.flat()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
