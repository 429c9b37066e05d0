import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameVectors } from '../../../training/analysis/name-vectors.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

const WIDTH = 3;
const PRIOR = 8;

type Vector = readonly number[];

// Sixteenths: differences are either far from 0 or 0.
const vector = fc.array(
  fc.integer({ min: -64, max: 64 }).map((n) => n / 16),
  { minLength: WIDTH, maxLength: WIDTH },
);

const add = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]!);
const scale = (a: Vector, by: number): Vector => a.map((x) => x * by);
const sum = (rows: readonly Vector[]): Vector => rows.reduce(add, new Array<number>(WIDTH).fill(0));
const mean = (rows: readonly Vector[]): Vector => scale(sum(rows), 1 / rows.length);
const dot = (a: Vector, b: Vector): number => a.reduce((total, x, i) => total + x * b[i]!, 0);

test('the cosine is the formula, for every set of names', () => {
  const names = fc.array(fc.array(vector, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(names, fc.array(vector, { minLength: 1, maxLength: 3 }), (mentions, texts) => {
      const vectors = new NameVectors(WIDTH);
      for (const text of texts) vectors.addText(text);
      for (const [i, ofName] of mentions.entries()) for (const one of ofName) vectors.add('PROD', `name ${i}`, one);
      // A name of another type must not matter.
      vectors.add('PER', 'person', [9, -9, 9]);
      const means = mentions.map(mean);
      const prior = scale(mean(texts), PRIOR);
      const centre = scale(add(sum(means.slice(2)), prior), 1 / (means.length - 2 + PRIOR));
      const [a, b] = [0, 1].map((i) => add(means[i]!, scale(centre, -1))) as [Vector, Vector];
      // What all have in common and nothing else has no direction.
      fc.pre(Math.min(dot(a, a), dot(b, b)) > 1 / 2 ** 20);
      const norms = Math.sqrt(dot(a, a) * dot(b, b));
      expect(isClose(vectors.cosine('name 0', 'name 1')!, dot(a, b) / norms, tolerance.exactFloat64)).toBe(true);
    }),
  );
});

test('names that were not met have no cosine', () => {
  const vectors = new NameVectors(WIDTH);
  vectors.add('PROD', 'a', [1, 2, 3]);
  expect(vectors.cosine('a', 'b')).toBeUndefined();
});

test('two names alone are compared with the texts behind them, not with each other', () => {
  const vectors = new NameVectors(2);
  vectors.addText([0, 0]);
  vectors.add('PROD', 'a', [1, 0]);
  vectors.add('PROD', 'b', [2, 0]);
  expect(vectors.cosine('a', 'b')).toBe(1);
});
