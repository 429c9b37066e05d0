import { describe, expect, test } from 'vitest';
import { whyNoCuda } from '../../../shared/ort/device.ts';
import { createRng, type Rng } from '../../../shared/random.ts';
import { add, float32, gather, int32, matMul, mul, reduceMean, sub, tanh } from '../../../training/engine/index.ts';
import { createDropoutSource, dropout } from '../../../training/nn/dropout.ts';
import { initParameters, normal, type ParameterSpec } from '../../../training/nn/parameter.ts';
import { optimizerSettingsSchema } from '../../../training/optim/optimizer-settings.ts';
import { alike, createScanStepper } from '../../../training/train/scan-stepper.ts';
import type { StepperState } from '../../../training/train/slab-store.ts';
import type { StepDefinition } from '../../../training/train/step-definition.ts';
import { createStepper, type MicroBatch } from '../../../training/train/stepper.ts';
import { expectClose } from '../../support/close.ts';
import { tolerance } from '../../support/tolerance.ts';

/** One that is a slab of its own, and small ones, one of them frozen. */
const specs: readonly ParameterSpec[] = [
  { name: 'table', shape: [640, 64], init: normal(1) },
  { name: 'weight', shape: [64, 8], init: normal(0.1) },
  { name: 'still', shape: [8], init: normal(1) },
  { name: 'bias', shape: [8], init: normal(1) },
];

const options = {
  parameters: specs,
  batch: { ids: int32('B', 'T'), y: float32('B', 8) },
  loss: (p, { ids, y }, draw) => {
    const x = reduceMean(gather(p['table']!, ids!), { axes: [1] }); // [B, 64]
    const h = dropout(tanh(x), 0.25, createDropoutSource(1, draw)); // [B, 64]
    const error = sub(add(add(matMul(h, p['weight']!), p['bias']!), p['still']!), y!); // [B, 8]
    return reduceMean(mul(error, error)); // []
  },
  groups: (name) => ({ learningRate: name === 'still' ? 0 : 1, weightDecay: name === 'bias' ? 0 : 0.125 }),
  optimizer: optimizerSettingsSchema.parse({ name: 'adamw' }),
  schedule: { name: 'linear', peak: 0.05, warmupSteps: 2, totalSteps: 20 },
  maxNorm: 1,
  accumulate: 1,
  threads: 1,
} as const satisfies StepDefinition & { readonly accumulate: number; readonly threads: number };

function freshState(): StepperState {
  const values = initParameters(specs, createRng(1, 'scan stepper'));
  const parameters = Float32Array.from(specs.flatMap(({ name }) => [...values.get(name)!]));
  const trained = parameters.length - 8;
  return { step: 0, parameters, moments: { mean: new Float32Array(trained), square: new Float32Array(trained) } };
}

function batchOf(rng: Rng, rows: number): MicroBatch {
  return {
    ids: { dtype: 'int32', dims: [rows, 3], data: Int32Array.from({ length: rows * 3 }, () => rng.int(640)) },
    y: { dtype: 'float32', dims: [rows, 8], data: Float32Array.from({ length: rows * 8 }, () => rng.normal()) },
  };
}

/** Three batches of two rows, two of three, one of two. */
const batches = [2, 2, 2, 3, 3, 2].map((rows, i) => batchOf(createRng(2, `batch ${i}`), rows));

describe('a stepper for a device with its own memory', () => {
  test('takes the steps that the stepper in place takes, and counts on', async () => {
    const inPlace = await createStepper(options, freshState());
    const scanned = await createScanStepper({ ...options, device: 'cpu' }, freshState());
    const expected = [...(await inPlace.run(batches.map((batch) => [batch]))), ...(await inPlace.run([[batches[0]!]]))];
    const found = [...(await scanned.run(batches.map((batch) => [batch]))), ...(await scanned.run([[batches[0]!]]))];
    expect(found.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const name of ['loss', 'gradientNorm', 'learningRate'] as const) {
      expectClose(
        found.map((figures) => figures[name]),
        expected.map((figures) => figures[name]),
        tolerance.modelFloat32,
      );
    }
    expectClose(scanned.state.parameters, inPlace.state.parameters, tolerance.modelFloat32);
    expectClose(scanned.state.moments['square']!, inPlace.state.moments['square']!, tolerance.modelFloat32);
    expect(scanned.state.step).toBe(7);
    await inPlace.release();
    await scanned.release();
  });

  test('runs steps together whose batches have one shape', () => {
    expect(alike(batches).map((group) => group.length)).toEqual([3, 2, 1]);
    expect(alike([])).toEqual([]);
  });

  test('fails for several micro-batches a step', async () => {
    await expect(createScanStepper({ ...options, accumulate: 2, device: 'cpu' }, freshState())).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'train: device cpu takes one micro-batch a step, got 2; expected 1. Use larger batches there.',
    });
  });

  test('fails for a GPU that is not there', async () => {
    const stepper = createScanStepper({ ...options, device: 'cuda' }, freshState());
    if ((await whyNoCuda()) === undefined) await (await stepper).release();
    else await expect(stepper).rejects.toMatchObject({ code: 'E_DEVICE_UNAVAILABLE' });
  });
});
