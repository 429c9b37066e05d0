import { describe, expect, test } from 'vitest';
import { LOGITS_OUTPUT } from '../../../shared/contracts/manifest.ts';
import { PIECE_INPUTS } from '../../../shared/features/piece-input.ts';
import { createSession } from '../../../shared/ort/session.ts';
import {
  float32,
  int32,
  interpret,
  ndArray,
  optimize,
  toOnnx,
  trace,
  type NdArray,
  type Tensors,
  type TensorType,
} from '../../../training/engine/index.ts';
import { createLoss } from '../../../training/losses/index.ts';
import { createEncoderTagger } from '../../../training/models/encoder-tagger.ts';
import { expectClose } from '../../support/close.ts';
import { toOrt } from '../../support/engine.ts';
import { TINY_LABELS, tinyEncoder, tinyEncoders, type TinyEncoder } from '../../support/tiny-encoder.ts';
import { tolerance } from '../../support/tolerance.ts';

interface Labelled {
  /** Rows of the labelled pieces among all, [B, W], and what stands there. */
  readonly positions: NdArray;
  readonly tags: NdArray;
  readonly mask: NdArray;
  /** For each labelled piece its place in the positions, and its row. */
  readonly places: readonly (readonly [at: number, row: number])[];
}

/** The labelled pieces of the golden batch: those that transformers does not ignore. */
function labelled({ golden }: TinyEncoder): Labelled {
  const { shape, data } = golden.get('labels')!;
  const [batch, time] = shape as [number, number];
  const rows = Array.from({ length: batch }, (_, b) =>
    Array.from({ length: time }, (_unused, t) => b * time + t).filter((row) => data[row]! >= 0),
  );
  const width = Math.max(...rows.map(({ length }) => length));
  const flat = (value: (row: number | undefined) => number): Float64Array =>
    Float64Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, i) => value(row[i]))));
  return {
    positions: ndArray(
      'int32',
      [batch, width],
      flat((row) => row ?? 0),
    ),
    tags: ndArray(
      'int32',
      [batch, width],
      flat((row) => (row === undefined ? 0 : data[row]!)),
    ),
    mask: ndArray(
      'float32',
      [batch, width],
      flat((row) => (row === undefined ? 0 : 1)),
    ),
    places: rows.flatMap((row, b) => row.map((place, i): [number, number] => [b * width + i, place])),
  };
}

describe.each(tinyEncoders)('createEncoderTagger on a tiny %s', (name) => {
  const tiny = tinyEncoder(name);
  const { encoder, golden, weights } = tiny;
  const options = { head: { kind: 'linear' }, labels: TINY_LABELS, dropout: encoder.config.classifierDropout } as const;
  const model = createEncoderTagger(encoder, { ...options, crf: false });
  const parameters = Object.fromEntries(
    model.parameters.map(({ name: key, shape }): [string, TensorType] => [key, float32(...shape)]),
  );
  const logits = golden.get('logits')!;

  test('scores the labelled pieces as transformers does, and has its loss', () => {
    const { positions, tags, mask, places } = labelled(tiny);
    const inputs = { ...parameters, ...model.inputs, tags: int32('B', 'W'), mask: float32('B', 'W') };
    const loss = createLoss({ kind: 'cross-entropy', classWeights: 'none', labelSmoothing: 0 }, { labelCounts: [] });
    const graph = trace('batch', inputs, (x): Tensors => {
      const emissions = model.emissions(x, x); // [B, W, L]
      return { emissions, loss: loss(x, { emissions, tags: x.tags, mask: x.mask }) };
    });
    const found = interpret(graph, {
      ...weights,
      ids: golden.get('ids')!,
      attention: golden.get('mask')!,
      ...{ positions, tags, mask },
    });
    for (const [at, row] of places) {
      const score = (array: NdArray, place: number): Float64Array =>
        array.data.subarray(place * TINY_LABELS, (place + 1) * TINY_LABELS);
      expectClose(score(found['emissions']!, at), score(logits, row), tolerance.modelFloat32);
    }
    expectClose(found['loss']!.data, golden.get('loss')!.data, tolerance.modelFloat32);
  });

  test('serves, from int64 ids and mask, the logits of transformers', async () => {
    const types = { ...parameters, ...model.serving.inputs };
    const graph = trace('serving', types, (x) => ({ [LOGITS_OUTPUT]: model.serving.scores(x, x) })); // [B, T, L]
    const session = await createSession(toOnnx(optimize(graph)), { threads: 1 });
    const int64 = ({ shape, data }: NdArray) =>
      ({ dtype: 'int64', dims: [...shape], data: BigInt64Array.from(data, (value) => BigInt(value)) }) as const;
    const found = await session.run({
      ...Object.fromEntries(Object.entries(weights).map(([key, array]) => [key, toOrt(array)])),
      [PIECE_INPUTS.ids]: int64(golden.get('ids')!),
      [PIECE_INPUTS.mask]: int64(golden.get('mask')!),
    });
    await session.release();
    const { data, dims } = found[LOGITS_OUTPUT]!;
    expect(dims).toEqual(logits.shape);
    const mask = golden.get('mask')!.data;
    const counts = (_: unknown, i: number): boolean => mask[Math.floor(i / TINY_LABELS)] === 1;
    expectClose([...(data as Float32Array)].filter(counts), [...logits.data].filter(counts), tolerance.modelFloat32);
  });

  test('has the parameters of a CRF after the others where one decodes', () => {
    const names = createEncoderTagger(encoder, { ...options, crf: true }).parameters.map((spec) => spec.name);
    expect(names.slice(0, model.parameters.length)).toEqual(model.parameters.map((spec) => spec.name));
    expect(names.slice(model.parameters.length).every((key) => key.startsWith('crf.'))).toBe(true);
    expect(names.length).toBeGreaterThan(model.parameters.length);
  });
});
