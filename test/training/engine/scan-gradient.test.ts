import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { gradients } from '../../../training/engine/grad.ts';
import * as E from '../../../training/engine/index.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import type { Graph } from '../../../training/engine/ir.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { optimize } from '../../../training/engine/passes/index.ts';
import { scan } from '../../../training/engine/scan.ts';
import { float32, int64, trace, type Tensor } from '../../../training/engine/trace.ts';
import { verify } from '../../../training/engine/verify.ts';
import { expectClose } from '../../support/close.ts';
import { lossGraph, randomArray, randomFeeds, runInOrt, slopes } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';

const LENGTHS = { T: 4, B: 2, K: 3, S: 2 };

/** The derivative against central differences; the program, and the optimised one, against onnxruntime. */
async function expectRight(graph: Graph): Promise<void> {
  verify(graph);
  const feeds = randomFeeds(graph, LENGTHS);
  const wrt = graph.inputs.flatMap((input) => (input.type.dtype === 'float32' ? [input.name!] : []));
  const { computed, measured } = slopes(graph, feeds, wrt);
  expectClose([computed], [measured], tolerance.gradientFloat64);
  const optimized = verify(optimize(graph));
  const expected = interpret(graph, feeds);
  const folded = interpret(optimized, feeds);
  const plain = await runInOrt(graph, feeds);
  const fast = await runInOrt(optimized, feeds, 'all');
  for (const name of Object.keys(expected)) {
    expectClose(folded[name]!.data, expected[name]!.data, tolerance.gradientFloat64);
    expectClose(plain[name]!.data, expected[name]!.data, tolerance.modelFloat32);
    expectClose(fast[name]!.data, expected[name]!.data, tolerance.modelFloat32);
  }
}

const squares = (x: Tensor): Tensor => E.reduceSum(E.mul(x, x));

describe('the gradient of a scan', () => {
  test('flows through states, slices, stacked outputs and captured tensors of an LSTM', async () => {
    const H = 3;
    const inputs = {
      x: float32('T', 'B', 2),
      w: float32(2, 4 * H),
      u: float32(H, 4 * H),
      bias: float32(4 * H),
      h0: float32('B', H),
      c0: float32('B', H),
      mask: float32('T', 'B', 1),
    };
    const graph = lossGraph('lstm', inputs, (x) => {
      const { states, outputs } = scan(
        { states: { h: x['h0']!, c: x['c0']! }, inputs: { x: x['x']!, mask: x['mask']! } },
        ({ h, c }, step) => {
          const gates = E.add(E.add(E.matMul(step.x, x['w']!), E.matMul(h, x['u']!)), x['bias']!); // [B, 4H]
          const [i, f, g, o] = E.split(gates, [H, H, H, H], -1) as [Tensor, Tensor, Tensor, Tensor];
          const cell = E.add(E.mul(E.sigmoid(f), c), E.mul(E.sigmoid(i), E.tanh(g))); // [B, H]
          const hidden = E.mul(E.sigmoid(o), E.tanh(cell)); // [B, H]
          const keep = (next: Tensor, last: Tensor): Tensor => E.add(last, E.mul(step.mask, E.sub(next, last)));
          return { states: { h: keep(hidden, h), c: keep(cell, c) }, outputs: { hidden } };
        },
      );
      return E.add(squares(outputs['hidden']!), E.reduceSum(E.add(states.h, states.c)));
    });
    await expectRight(graph);
  });

  test('takes the gradient of a captured matrix in one product after the loop', () => {
    const graph = optimize(
      lossGraph('rnn', { x: float32('T', 'B', 3), u: float32(3, 3), h: float32('B', 3) }, (x) => {
        const { states } = scan({ states: { h: x['h']! }, inputs: { x: x['x']! } }, ({ h }, step) => ({
          states: { h: E.tanh(E.add(E.matMul(h, x['u']!), step.x)) },
        }));
        return squares(states.h);
      }),
    );
    const products = graph.nodes.filter((node) => node.op === 'Gemm');
    expect(products.map((node) => node.outputs[0]!.type.shape)).toEqual([[3, 3]]);
    const backwardBody = graph.nodes.filter((node) => node.op === 'Scan').at(-1)!.attributes['body'] as Graph;
    // The one product left in the loop is that for the state.
    expect(backwardBody.nodes.filter((node) => node.op === 'Gemm')).toHaveLength(1);
  });

  test.each([false, true])(
    'flows through a scan from the end as through one from the start (reverse: %s)',
    async (reverse) => {
      const graph = lossGraph('reverse', { x: float32('T', 'B'), a: float32('B'), w: float32() }, (x) => {
        const { states, outputs } = scan({ states: { s: x['a']! }, inputs: { x: x['x']! }, reverse }, ({ s }, step) => {
          const next = E.sigmoid(E.add(E.mul(s, x['w']!), step.x));
          return { states: { s: next }, outputs: { y: E.mul(s, step.x) } };
        });
        return E.add(squares(outputs['y']!), squares(states.s));
      });
      await expectRight(graph);
    },
  );

  test('flows through the forward recursion of a CRF', async () => {
    const graph = lossGraph('crf', { e: float32('T', 'B', 3), transitions: float32(3, 3) }, (x) => {
      const first = E.squeeze(E.slice(x['e']!, 0, [0, 1]), 0); // [B, L]
      const { states } = scan(
        { states: { alpha: first }, inputs: { e: E.slice(x['e']!, 0, [1]) } },
        ({ alpha }, step) => {
          const scores = E.add(E.unsqueeze(alpha, -1), x['transitions']!); // [B, L, L] (from, to)
          return { states: { alpha: E.add(E.reduceLogSumExp(scores, { axes: [1] }), step.e) } };
        },
      );
      return E.reduceSum(E.reduceLogSumExp(states.alpha, { axes: [-1] }));
    });
    await expectRight(graph);
  });

  test('flows through a scan within a scan, both of which capture', async () => {
    const inputs = { x: float32('T', 'B'), y: float32('S', 'B'), w: float32('B'), v: float32() };
    const graph = lossGraph('nested', inputs, (x) => {
      const outer = scan({ states: { a: x['w']! }, inputs: { x: x['x']! } }, ({ a }, step) => {
        const inner = scan({ states: { b: E.mul(a, step.x) }, inputs: { y: x['y']! } }, ({ b }, slice) => ({
          states: { b: E.tanh(E.add(E.mul(b, x['v']!), E.mul(slice.y, a))) },
          outputs: { c: E.mul(b, slice.y) },
        }));
        return { states: { a: E.add(inner.states.b, E.reduceSum(inner.outputs['c']!, { axes: [0] })) } };
      });
      return squares(outer.states.a);
    });
    await expectRight(graph);
  });

  test('passes by integer states and by outputs that nothing uses', async () => {
    const graph = lossGraph('counter', { x: float32('T', 'B'), n: int64(), table: float32(3) }, (x) => {
      const { states } = scan(
        { states: { n: x['n']!, s: E.full(0, ['B']) }, inputs: { x: x['x']! } },
        ({ n, s }, step) => {
          const place = E.mod(E.add(n, 1), 3);
          const next = E.add(E.mul(s, 0.5), E.mul(step.x, E.gather(x['table']!, place)));
          return { states: { n: place, s: next }, outputs: { unused: E.exp(next) } };
        },
      );
      return squares(states.s);
    });
    await expectRight(graph);
  });

  test('is right when a step hands on a slice or a state as it is, or returns one tensor twice', async () => {
    const graph = lossGraph('aliases', { x: float32('T', 'B'), a: float32('B'), b: float32('B') }, (x) => {
      const { states, outputs } = scan(
        { states: { a: x['a']!, b: x['b']! }, inputs: { x: x['x']! } },
        ({ a, b }, step) => {
          const next = E.mul(a, step.x);
          return { states: { a: next, b: step.x }, outputs: { y: next, z: b, slice: step.x } };
        },
      );
      const parts = [states.a, states.b, outputs['y']!, E.mul(outputs['z']!, outputs['y']!), outputs['slice']!];
      return parts.map(squares).reduce((sum, part) => E.add(sum, part));
    });
    await expectRight(graph);
  });

  test('can be taken twice of the same scan', async () => {
    const graph = trace('twice', { x: float32('T', 'B'), w: float32('B') }, ({ x, w }) => {
      const { states } = scan({ states: { s: w }, inputs: { x } }, ({ s }, step) => ({
        states: { s: E.tanh(E.mul(s, step.x)) },
      }));
      const loss = squares(states.s);
      return { loss, d_w: gradients(loss, { w }).w, d_x: gradients(loss, { x }).x };
    });
    await expectRight(graph);
  });

  test('works inside a scan over optimiser steps: K steps of one run are K runs of one step', async () => {
    const step = (name: string, steps: E.Dim): Graph =>
      trace(name, { w: float32(2), x: float32(steps, 'T', 'B') }, ({ w, x }) => {
        const { states, outputs } = scan({ states: { w }, inputs: { x } }, (state, batch) => {
          const { states: end } = scan({ states: { s: E.full(1, ['B']) }, inputs: { x: batch.x } }, ({ s }, slice) => ({
            states: { s: E.tanh(E.add(E.mul(s, E.reduceSum(state.w)), slice.x)) },
          }));
          const loss = squares(end.s);
          return { states: { w: E.sub(state.w, E.mul(gradients(loss, { w: state.w }).w, 0.1)) }, outputs: { loss } };
        });
        return { next: states.w, loss: outputs['loss']! };
      });
    const rng = createRng(1);
    const x = randomArray(rng, [3, 4, 2]);
    const whole = optimize(step('whole', 'K'));
    const feeds = { w: ndArray('float32', [2], [0.3, -0.2]), x };
    const expected = interpret(whole, feeds);
    const actual = await runInOrt(whole, feeds, 'all');
    expectClose(actual['next']!.data, expected['next']!.data, tolerance.modelFloat32);
    expectClose(actual['loss']!.data, expected['loss']!.data, tolerance.modelFloat32);
    let w = feeds.w;
    for (let k = 0; k < 3; k++) {
      const slice = ndArray('float32', [1, 4, 2], x.data.slice(k * 8, k * 8 + 8));
      const one = interpret(step('one', 1), { w, x: slice });
      expectClose(one['loss']!.data, [expected['loss']!.data[k]!], tolerance.exactFloat64);
      w = one['next']!;
    }
    expectClose(w.data, expected['next']!.data, tolerance.exactFloat64);
  });
});
