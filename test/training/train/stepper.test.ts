import { describe, expect, test } from 'vitest';
import { createSession } from '../../../shared/ort/session.ts';
import type { Tensor as OrtTensor } from '../../../shared/ort/tensor.ts';
import { createRng, type Rng } from '../../../shared/random.ts';
import {
  add,
  float32,
  gather,
  int32,
  matMul,
  mul,
  optimize,
  reduceMean,
  reduceSum,
  sub,
  tanh,
  toOnnx,
} from '../../../training/engine/index.ts';
import { createDropoutSource, dropout } from '../../../training/nn/dropout.ts';
import { initParameters, normal, type ParameterSpec } from '../../../training/nn/parameter.ts';
import { optimizerSettingsSchema } from '../../../training/optim/optimizer-settings.ts';
import { momentsOf } from '../../../training/optim/optimizers.ts';
import type { ParameterGroup } from '../../../training/optim/parameter-groups.ts';
import { averagedParameters } from '../../../training/train/averaged-parameters.ts';
import { rowsOf } from '../../../training/train/row-length.ts';
import type { StepperState } from '../../../training/train/slab-store.ts';
import { layoutState, parameterCount } from '../../../training/train/state-layout.ts';
import type { StepDefinition } from '../../../training/train/step-definition.ts';
import { nextName } from '../../../training/train/step-parts.ts';
import { buildStepGraph } from '../../../training/train/step-program.ts';
import { createStepper, type MicroBatch, type StepFigures } from '../../../training/train/stepper.ts';
import { expectClose } from '../../support/close.ts';
import { tolerance } from '../../support/tolerance.ts';

const ROWS = 512;
const WIDTH = 1024;

/** A table that goes through the optimiser in rows, one that does not, and small ones in two groups, one of them frozen. */
const specs: readonly ParameterSpec[] = [
  { name: 'table', shape: [ROWS, WIDTH], init: normal(1) },
  { name: 'bias', shape: [8], init: normal(1) },
  { name: 'inner', shape: [WIDTH, 40], init: normal(0.02) },
  { name: 'out', shape: [40, 8], init: normal(0.3) },
  { name: 'still', shape: [8], init: normal(1) },
  { name: 'scale', shape: [], init: normal(1) },
];

function groups(name: string): ParameterGroup {
  if (name === 'still') return { learningRate: 0, weightDecay: 0 };
  return name === 'bias' || name === 'scale'
    ? { learningRate: 2, weightDecay: 0 }
    : { learningRate: 1, weightDecay: 0.125 };
}

const definition: StepDefinition = {
  parameters: specs,
  batch: { ids: int32('B', 'T'), y: float32('B', 8) },
  loss: (p, { ids, y }, draw) => {
    const x = reduceMean(gather(p['table']!, ids!), { axes: [1] }); // [B, WIDTH]
    const h = dropout(tanh(matMul(x, p['inner']!)), 0.25, createDropoutSource(1, draw)); // [B, 40]
    const made = add(mul(add(matMul(h, p['out']!), p['bias']!), p['scale']!), p['still']!); // [B, 8]
    const error = sub(made, y!); // [B, 8]
    // Linear, so that no gradient reads the parameters for it: only the loss does.
    const linear = add(reduceSum(p['table']!), add(reduceSum(p['out']!), reduceSum(p['bias']!))); // []
    return add(reduceMean(mul(error, error)), mul(linear, 1e-3)); // []
  },
  groups,
  optimizer: optimizerSettingsSchema.parse({ name: 'adamw' }),
  schedule: { name: 'linear', peak: 0.05, warmupSteps: 2, totalSteps: 20 },
  maxNorm: 1,
};

const values = initParameters(specs, createRng(1, 'stepper'));
const fresh = Float32Array.from(specs.flatMap(({ name }) => [...values.get(name)!]));

function freshState(): StepperState {
  const trained = fresh.length - 8;
  return {
    step: 0,
    parameters: fresh.slice(),
    moments: { mean: new Float32Array(trained), square: new Float32Array(trained) },
  };
}

function batchOf(rng: Rng, rows: number, length = 3): MicroBatch {
  return {
    ids: {
      dtype: 'int32',
      dims: [rows, length],
      data: Int32Array.from({ length: rows * length }, () => rng.int(ROWS)),
    },
    y: { dtype: 'float32', dims: [rows, 8], data: Float32Array.from({ length: rows * 8 }, () => rng.normal()) },
  };
}

const batches = Array.from({ length: 6 }, (_, i) => batchOf(createRng(2, `batch ${i}`), 2 + i, 1 + (i % 3)));

interface Trained {
  readonly figures: readonly StepFigures[];
  readonly state: StepperState;
}

async function train(
  steps: readonly (readonly MicroBatch[])[],
  options: Partial<StepDefinition> & { readonly accumulate?: number } = {},
  state = freshState(),
): Promise<Trained> {
  const stepper = await createStepper({ ...definition, accumulate: 1, threads: 1, ...options }, state);
  const figures = await stepper.run(steps);
  await stepper.release();
  return { figures, state: stepper.state };
}

/** The same steps by the same graph, with outputs of its own and the state handed on. */
async function trainApart(steps: readonly MicroBatch[], maxNorm: number): Promise<Record<string, OrtTensor>> {
  const layout = layoutState(specs, groups);
  const graph = buildStepGraph({ definition: { ...definition, maxNorm }, layout });
  const session = await createSession(toOnnx(optimize(graph)), { threads: 1 });
  let state: Record<string, OrtTensor> = {};
  for (const slab of layout.slabs) {
    const dims = graph.inputs.find(({ name }) => name === `parameters.${slab.name}`)!.type.shape as number[];
    const data = Float32Array.from(slab.members.flatMap(({ name }) => [...values.get(name)!]));
    state[`parameters.${slab.name}`] = { dtype: 'float32', dims, data };
    for (const moment of ['mean', 'square'])
      state[`${moment}.${slab.name}`] = { dtype: 'float32', dims, data: new Float32Array(data.length) };
  }
  state['parameters.still'] = { dtype: 'float32', dims: [8], data: values.get('still')! };
  const losses: number[] = [];
  for (const [i, batch] of steps.entries()) {
    const step: OrtTensor = { dtype: 'float32', dims: [], data: Float32Array.of(i) };
    const found = await session.run({ ...state, ...batch, step });
    losses.push((found['loss']!.data as Float32Array)[0]!);
    const next = Object.entries(state).map(([name, before]) => {
      const after = found[nextName(name)];
      return [name, after === undefined ? before : { ...after, dims: before.dims }] as const;
    });
    state = Object.fromEntries(next);
  }
  await session.release();
  return { ...state, losses: { dtype: 'float32', dims: [losses.length], data: Float32Array.from(losses) } };
}

/** A parameter's numbers in a flat vector of these specs. */
function partOf(flat: Float32Array, of: readonly ParameterSpec[], name: string): number[] {
  const before = of.slice(
    0,
    of.findIndex((spec) => spec.name === name),
  );
  const spec = of[before.length]!;
  return [...flat.subarray(parameterCount(before), parameterCount(before) + parameterCount([spec]))];
}

describe('a stepper', () => {
  test.each([1, Infinity])(
    'trains in place to the bits of a graph with outputs of its own, to norm %d',
    async (maxNorm) => {
      expect(rowsOf(ROWS * WIDTH)).toBeDefined();
      const apart = await trainApart(batches, maxNorm);
      const { figures, state } = await train(
        batches.map((batch) => [batch]),
        { maxNorm },
      );
      expect(figures.map(({ loss }) => loss)).toEqual([...apart['losses']!.data]);
      const trained = specs.filter(({ name }) => name !== 'still');
      for (const { slabs } of [layoutState(specs, groups)]) {
        for (const { name, members } of slabs) {
          const parts = [
            ['parameters', state.parameters, specs],
            ['mean', state.moments['mean']!, trained],
            ['square', state.moments['square']!, trained],
          ] as const;
          for (const [part, flat, of] of parts) {
            const found = members.flatMap((member) => partOf(flat, of, member.name));
            expect(Buffer.from(Float32Array.from(found).buffer).equals(bytes(apart[`${part}.${name}`]!))).toBe(true);
          }
        }
      }
    },
  );

  test('leaves frozen parameters as they were, and changes all others', async () => {
    const { state } = await train(batches.map((batch) => [batch]));
    for (const { name } of specs) {
      const same = partOf(state.parameters, specs, name).every((x, i) => x === values.get(name)![i]);
      expect([name, same]).toEqual([name, name === 'still']);
    }
  });

  test('gets the same bits from one run of all steps as from a stepper for each', async () => {
    const whole = await train(batches.map((batch) => [batch]));
    let state = freshState();
    const figures: StepFigures[] = [];
    for (const batch of batches) {
      const one = await train([[batch]], {}, structuredClone(state));
      figures.push(...one.figures);
      state = one.state;
    }
    expect(figures).toEqual(whole.figures);
    expect(state).toEqual(whole.state);
    expect(state.step).toBe(6);
  });

  test('takes up what is changed in its state between runs', async () => {
    const stepper = await createStepper({ ...definition, accumulate: 1, threads: 1 }, freshState());
    await stepper.run([[batches[0]!]]);
    stepper.state.parameters.set(freshState().parameters);
    for (const moment of Object.values(stepper.state.moments)) moment.fill(0);
    stepper.state.step = 0;
    const again = await stepper.run([[batches[0]!], [batches[1]!]]);
    await stepper.release();
    expect(again).toEqual((await train([[batches[0]!], [batches[1]!]])).figures);
  });

  test('gives the gradient of the mean over micro-batches, which may differ in number and shape', async () => {
    // Without dropout, because the micro-batches of a step have masks of their own.
    const { ids, y } = definition.batch;
    const plain: Partial<StepDefinition> = {
      loss: (p, batch) => {
        const x = reduceMean(gather(p['table']!, batch['ids']!), { axes: [1] }); // [B, WIDTH]
        const made = add(matMul(tanh(matMul(x, p['inner']!)), p['out']!), add(p['bias']!, p['scale']!)); // [B, 8]
        const error = sub(made, batch['y']!); // [B, 8]
        return reduceMean(mul(error, error)); // []
      },
      batch: { ids: ids!, y: y! },
    };
    const micro = Array.from({ length: 5 }, (_, i) => batchOf(createRng(3, `micro ${i}`), 2));
    const joined = (parts: readonly MicroBatch[]): MicroBatch => ({
      ids: join(parts.map((part) => part['ids']!)),
      y: join(parts.map((part) => part['y']!)),
    });
    const steps = [micro.slice(0, 3), micro.slice(3)];
    const accumulated = await train(steps, { ...plain, accumulate: 3 });
    const whole = await train(
      steps.map((parts) => [joined(parts)]),
      plain,
    );
    for (const name of ['loss', 'gradientNorm', 'learningRate'] as const) {
      const of = ({ figures }: Trained): number[] => figures.map((figure) => figure[name]);
      expectClose(of(accumulated), of(whole), tolerance.modelFloat32);
    }
    const grownBy = ({ state }: Trained): number[] => partOf(state.moments['mean']!, specs, 'inner');
    expectClose(grownBy(accumulated), grownBy(whole), tolerance.modelFloat32);
  });

  test('draws other dropout masks for each micro-batch of a step', async () => {
    const same = batches[0]!;
    const { figures } = await train([[same, same]], { accumulate: 2 });
    const single = await train([[same]]);
    expect(figures[0]!.loss).not.toBe(single.figures[0]!.loss);
  });

  describe('with an average', () => {
    const averaging = { decay: 0.75, warmup: false };
    const withAverage = (): StepperState => {
      const { moments, ...state } = freshState();
      return { ...state, moments: { ...moments, average: new Float32Array(moments['mean']!.length) } };
    };

    test('keeps the moving average of trained parameters, and trains as without', async () => {
      const alone = await train([[batches[0]!], [batches[1]!]]);
      const first = await train([[batches[0]!]]);
      const { state, figures } = await train([[batches[0]!], [batches[1]!]], { averaging }, withAverage());
      expect(figures).toEqual(alone.figures);
      expect(state.parameters).toEqual(alone.state.parameters);
      const expected = alone.state.parameters.map((x, i) => {
        const before = first.state.parameters[i]!;
        return before + 0.25 * (x - before);
      });
      expectClose(averagedParameters(state, specs, groups), expected, tolerance.forwardFloat32);
      const still = partOf(averagedParameters(state, specs, groups), specs, 'still');
      expect(still).toEqual([...values.get('still')!]);
    });

    test('gets the same bits from a stepper for each step', async () => {
      const whole = await train(
        batches.map((batch) => [batch]),
        { averaging },
        withAverage(),
      );
      let state = withAverage();
      for (const batch of batches) ({ state } = await train([[batch]], { averaging }, structuredClone(state)));
      expect(state).toEqual(whole.state);
    });

    test('has the parameters for an average before the first step', () => {
      expect(averagedParameters(withAverage(), specs, groups)).toEqual(fresh);
    });

    test('fails to give an average where none is kept', () => {
      expect(() => averagedParameters(freshState(), specs, groups)).toThrow(
        expect.objectContaining({ code: 'E_SHAPE_MISMATCH', message: expect.stringContaining('average') as string }),
      );
    });
  });

  test.each([
    { name: 'sgd' },
    { name: 'sgd', momentum: 0.5, nesterov: true },
    { name: 'adam' },
    { name: 'keras-adam' },
  ] as const)('trains in place with $name to the bits of a run per step', async (settings) => {
    const optimizer = optimizerSettingsSchema.parse(settings);
    const state = (): StepperState => ({
      ...freshState(),
      moments: Object.fromEntries(momentsOf(optimizer).map((name) => [name, new Float32Array(fresh.length - 8)])),
    });
    const whole = await train(
      batches.map((batch) => [batch]),
      { optimizer },
      state(),
    );
    expect(whole.figures.at(-1)!.loss).toBeLessThan(whole.figures[0]!.loss * 2);
    let steps = state();
    for (const batch of batches) ({ state: steps } = await train([[batch]], { optimizer }, structuredClone(steps)));
    expect(steps).toEqual(whole.state);
  });

  test('hands back a loss that is no number', async () => {
    const state = freshState();
    state.parameters[0] = NaN;
    const { figures } = await train([[batches[0]!]], {}, state);
    expect(figures[0]!.loss).toBeNaN();
  });

  test('fails when the state does not fit the parameters', async () => {
    const { moments } = freshState();
    const options = { ...definition, accumulate: 1, threads: 1 };
    const short = { step: 0, parameters: new Float32Array(3), moments };
    await expect(createStepper(options, short)).rejects.toMatchObject({
      code: 'E_SHAPE_MISMATCH',
      message: expect.stringContaining("'parameters'") as string,
    });
    const none = { ...freshState(), moments: {} };
    await expect(createStepper(options, none)).rejects.toMatchObject({
      code: 'E_SHAPE_MISMATCH',
      message: expect.stringContaining("'mean'") as string,
    });
  });
});

function bytes({ data }: OrtTensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function join(parts: readonly OrtTensor[]): OrtTensor {
  const { dtype, dims } = parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.dims[0]!, 0);
  const numbers = parts.flatMap((part) => Array.from(part.data, Number));
  const data = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
  return { dtype, dims: [rows, ...dims.slice(1)], data } as OrtTensor;
}
