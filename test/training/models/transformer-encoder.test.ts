import { describe, expect, test } from 'vitest';
import {
  float32,
  gradients,
  int32,
  interpret,
  ndArray,
  optimize,
  trace,
  type Graph,
  type NdArray,
  type Tensors,
  type TensorType,
} from '../../../training/engine/index.ts';
import { linearHead } from '../../../training/heads/linear-head.ts';
import { crossEntropy } from '../../../training/losses/cross-entropy.ts';
import { hubName, encoderNames } from '../../../training/models/encoder-names.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt, type Feeds } from '../../support/engine.ts';
import { tinyEncoder, tinyEncoders, type TinyEncoder } from '../../support/tiny-encoder.ts';
import { tolerance } from '../../support/tolerance.ts';

/** Hidden states, logits, loss and the gradient `d_NAME` of every parameter. */
function taggerGraph({ encoder, specs }: TinyEncoder, training = false): Graph {
  const inputs: Record<string, TensorType> = {
    ...encoder.inputs,
    labels: int32('B', 'T'),
    step: float32(),
    ...Object.fromEntries(specs.map(({ name, shape }) => [name, float32(...shape)])),
  };
  return trace('tagger', inputs, (x) => {
    const p = Object.fromEntries(specs.map(({ name }) => [name, x[name]!]));
    const { mask, labels } = x as Tensors & Record<'mask' | 'labels', Tensors[string]>;
    const source = training ? createDropoutSource(1, x['step']!) : undefined;
    const hidden = encoder.hidden(p, x, source); // [B, T, H]
    const logits = linearHead(p, hidden, { dropout: encoder.config.classifierDropout, source }); // [B, T, L]
    const loss = crossEntropy({ emissions: logits, tags: labels, mask }); // []
    const found: Tensors = gradients(loss, p);
    return {
      hidden,
      logits,
      loss,
      ...Object.fromEntries(specs.map(({ name }) => [`d_${name}`, found[name]!])),
    };
  });
}

const step: NdArray = ndArray('float32', [], [3]);

function feedsOf({ golden, weights }: TinyEncoder): Feeds {
  return { ids: golden.get('ids')!, mask: golden.get('mask')!, labels: golden.get('labels')!, step, ...weights };
}

/** The elements of rows [B, T, ...] where the mask is 1. */
function unpadded({ shape, data }: NdArray, mask: NdArray): number[] {
  const width = shape.slice(2).reduce((a, b) => a * b, 1);
  return [...mask.data].flatMap((one, i) => (one === 0 ? [] : [...data.subarray(i * width, (i + 1) * width)]));
}

describe.each(tinyEncoders)('%s', (name) => {
  const tiny = tinyEncoder(name);
  const { golden, specs, encoder } = tiny;
  const graph = taggerGraph(tiny);
  const mask = golden.get('mask')!;

  function expectGolden(found: Readonly<Record<string, NdArray>>): void {
    for (const output of ['hidden', 'logits']) {
      const [actual, expected] = [unpadded(found[output]!, mask), unpadded(golden.get(output)!, mask)];
      expectClose(actual, expected, tolerance.modelFloat32);
    }
    expectClose(found['loss']!.data, golden.get('loss')!.data, tolerance.modelFloat32);
    for (const spec of specs) {
      const hub = hubName(encoder.config.architecture, spec.name);
      const key = hub === undefined ? spec.name : `${encoderNames[encoder.config.architecture].prefix}${hub}`;
      expectClose(found[`d_${spec.name}`]!.data, golden.get(`grad.${key}`)!.data, tolerance.modelFloat32);
    }
  }

  test('computes what transformers computes: hidden states, logits, loss and every gradient', () => {
    expectGolden(interpret(graph, feedsOf(tiny)));
  });

  test('computes the same in onnxruntime', async () => {
    expectGolden(await runInOrt(optimize(graph), feedsOf(tiny), 'all'));
  });

  test('has a gradient from transformers for each of its parameters, and no other', () => {
    const theirs = [...golden.keys()].filter((key) => key.startsWith('grad.'));
    expect(specs.length).toBe(theirs.length);
  });

  test('gives a sentence the same states whatever it is padded to', () => {
    const feeds = feedsOf(tiny);
    const [, time] = mask.shape as [number, number];
    const whole = interpret(graph, feeds);
    const length = mask.data.subarray(time, 2 * time).reduce((a, b) => a + b, 0);
    const alone = (array: NdArray): NdArray => ndArray(array.dtype, [1, length], array.data.slice(time, time + length));
    const found = interpret(graph, {
      ...feeds,
      ids: alone(feeds['ids']!),
      mask: alone(mask),
      labels: alone(feeds['labels']!),
    });
    const width = encoder.config.width;
    const expected = whole['hidden']!.data.subarray(time * width, (time + length) * width);
    expectClose(found['hidden']!.data, expected, tolerance.exactFloat64);
  });

  test('takes no notice of what the padding holds', () => {
    const feeds = feedsOf(tiny);
    const other = feeds['ids']!.data.map((id, i) => (mask.data[i] === 0 ? 7 : id));
    const found = interpret(graph, { ...feeds, ids: ndArray('int32', mask.shape, other) });
    const whole = interpret(graph, feeds);
    expect(found['loss']!.data).toEqual(whole['loss']!.data);
    expect(unpadded(found['hidden']!, mask)).toEqual(unpadded(whole['hidden']!, mask));
  });
});

describe('dropout', () => {
  const tiny = tinyEncoder('bert');
  const graph = taggerGraph(tiny, true);
  const lossAt = (finished: number): number =>
    interpret(graph, { ...feedsOf(tiny), step: ndArray('float32', [], [finished]) })['loss']!.data[0]!;

  test('changes what training sees, from step to step, and the same step again is the same', () => {
    const plain = tiny.golden.get('loss')!.data[0]!;
    expect(lossAt(3)).not.toBeCloseTo(plain, 3);
    expect(lossAt(4)).not.toBe(lossAt(3));
    expect(lossAt(3)).toBe(lossAt(3));
  });

  test.each([
    { name: 'bert', perLayer: 3 },
    // None on what attention gives.
    { name: 'distilbert', perLayer: 2 },
  ] as const)('is on the embeddings and $perLayer times in a layer of $name', ({ name, perLayer }) => {
    const { encoder } = tinyEncoder(name);
    const parameters = Object.fromEntries(encoder.parameters.map((spec) => [spec.name, float32(...spec.shape)]));
    let sites = 0;
    trace('sites', { ...parameters, ...encoder.inputs, step: float32() }, (x) => {
      const source = createDropoutSource(1, x['step']);
      const counted = { next: () => (sites++, source.next()) };
      return { hidden: encoder.hidden(x, x, counted) };
    });
    expect(sites).toBe(1 + encoder.config.layers * perLayer);
  });
});
