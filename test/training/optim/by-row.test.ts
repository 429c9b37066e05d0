import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { add, float32, interpret, mul, optimize, trace } from '../../../training/engine/index.ts';
import { byRow } from '../../../training/optim/by-row.ts';
import { randomArray, runInOrt } from '../../support/engine.ts';

describe('byRow', () => {
  const rng = createRng(1, 'by row');
  const feeds = { a: randomArray(rng, [3, 4]), b: randomArray(rng, [3, 4]), factor: randomArray(rng, []) };
  const graph = trace('rows', { a: float32(3, 4), b: float32(3, 4), factor: float32() }, ({ a, b, factor }) =>
    byRow({ a, b }, (row) => ({ sum: add(row.a, row.b), scaled: mul(row.a, factor) })),
  );
  const expected = (f: (a: number, b: number) => number): number[] =>
    Array.from(feeds.a.data, (a, i) => f(a, feeds.b.data[i]!));

  test('is the update of the whole matrix, with tensors from outside at hand', () => {
    const found = interpret(graph, feeds);
    expect(found['sum']!.shape).toEqual([3, 4]);
    expect([...found['sum']!.data]).toEqual(expected((a, b) => a + b));
    expect([...found['scaled']!.data]).toEqual(expected((a) => a * feeds.factor.data[0]!));
  });

  test('is so in onnxruntime', async () => {
    const found = await runInOrt(optimize(graph), feeds, 'all');
    expect([...found['sum']!.data]).toEqual(expected((a, b) => Math.fround(a + b)));
    expect([...found['scaled']!.data]).toEqual(expected((a) => Math.fround(a * feeds.factor.data[0]!)));
  });
});
