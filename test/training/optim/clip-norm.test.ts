import { describe, expect, test } from 'vitest';
import { float32, interpret, ndArray, trace } from '../../../training/engine/index.ts';
import { clipScale } from '../../../training/optim/clip-norm.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';

const graph = trace('clip', { a: float32(2), b: float32(1, 2) }, ({ a, b }) => ({ ...clipScale([a, b], 2) }));

describe('clipScale', () => {
  test.each([
    { name: 'below the threshold', a: [0.5, -0.5], b: [0.5, 0.5], norm: 1, scale: 1 },
    { name: 'above', a: [3, -1], b: [-1, 5], norm: 6, scale: 2 / (6 + 1e-6) },
    { name: 'far above', a: [3e4, 0], b: [0, -4e4], norm: 5e4, scale: 2 / (5e4 + 1e-6) },
    // torch adds its epsilon here, too, and does not quite leave the gradient alone.
    { name: 'exactly at it', a: [1, 1], b: [1, 1], norm: 2, scale: 2 / (2 + 1e-6) },
    { name: 'no gradient at all', a: [0, 0], b: [0, 0], norm: 0, scale: 1 },
  ])('is min(1, maxNorm / (norm + 1e-6)) over all tensors together ($name)', async ({ a, b, norm, scale }) => {
    const feeds = { a: ndArray('float32', [2], a), b: ndArray('float32', [1, 2], b) };
    const exact = interpret(graph, feeds);
    expectClose(exact['norm']!.data, [norm], tolerance.exactFloat64);
    expectClose(exact['scale']!.data, [scale], tolerance.forwardFloat32);
    const found = await runInOrt(graph, feeds);
    expectClose(found['norm']!.data, [norm], tolerance.forwardFloat32);
    expectClose(found['scale']!.data, [scale], tolerance.forwardFloat32);
    expect(found['scale']!.shape).toEqual([]);
  });
});
