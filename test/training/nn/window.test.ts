import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { ndArray } from '../../../training/engine/index.ts';
import { windowed } from '../../../training/nn/window.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';

describe('windowed', () => {
  const x = ndArray('float32', [1, 3, 2], [1, 2, 3, 4, 5, 6]);

  test('puts each position between its neighbours, zeros beyond the ends', () => {
    const y = valueOf({ x }, (p) => windowed(p['x']!, 3));
    expect(y.shape).toEqual([1, 3, 6]);
    expect([...y.data]).toEqual([...[0, 0, 1, 2, 3, 4], ...[1, 2, 3, 4, 5, 6], ...[3, 4, 5, 6, 0, 0]]);
  });

  test('reaches further with a larger size, and not at all with size 1', () => {
    const y = valueOf({ x }, (p) => windowed(p['x']!, 5));
    expect([...y.data.subarray(0, 10)]).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect([...y.data.subarray(20)]).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 0]);
    expect(valueOf({ x }, (p) => windowed(p['x']!, 1)).data).toEqual(x.data);
  });

  test.each([3, 7])('leaves a sentence of one word between zeros (size %i)', (size) => {
    const y = valueOf({ x: ndArray('float32', [2, 1, 1], [7, 8]) }, (p) => windowed(p['x']!, size));
    const beside = new Array<number>((size - 1) / 2).fill(0);
    expect([...y.data]).toEqual([...beside, 7, ...beside, ...beside, 8, ...beside]);
  });

  test.each([3, 5])('has the right gradient (size %i)', (size) => {
    expectGradient({ x: randomArray(createRng(1, 'window'), [2, 4, 3]) }, (p) => windowed(p['x']!, size));
  });
});
