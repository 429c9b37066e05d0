import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRng } from '../../../shared/random.ts';
import { normal } from '../../../training/nn/parameter.ts';
import { relativeBias, relativeBiasParameters, relativeBucket } from '../../../training/nn/relative-bias.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';

const golden = z
  .object({ from: z.number(), buckets: z.array(z.number()) })
  .parse(JSON.parse(readFileSync(new URL('../../golden/encoders/relative-buckets.json', import.meta.url), 'utf8')));

describe('relativeBucket', () => {
  test('is what transformers has for every distance up to 600', () => {
    expect(golden.buckets.map((_, i) => relativeBucket(golden.from + i))).toEqual(golden.buckets);
  });
});

describe('relativeBias', () => {
  const weight = randomArray(createRng(1, 'relative'), [32, 2]);

  test('is the entry of the bucket of key minus query, for each head', () => {
    const time = 5;
    const y = valueOf({ 'own.weight': weight }, (p) => relativeBias(p, 'own', time, 9));
    expect(y.shape).toEqual([2, time, time]);
    const expected = [0, 1].flatMap((head) =>
      Array.from({ length: time * time }, (_, i) => {
        const bucket = relativeBucket((i % time) - Math.floor(i / time));
        return weight.data[bucket * 2 + head]!;
      }),
    );
    expect([...y.data]).toEqual(expected);
  });

  test('has the right gradient', () => {
    expectGradient({ 'own.weight': weight }, (p) => relativeBias(p, 'own', 4, 4));
  });

  test('has one parameter, a row for each bucket', () => {
    expect(relativeBiasParameters('own', 3, normal(1)).map(({ name, shape }) => [name, shape])).toEqual([
      ['own.weight', [32, 3]],
    ]);
  });
});
