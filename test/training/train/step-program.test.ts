import { describe, expect, test } from 'vitest';
import { createSession, type Tensor as OrtTensor } from '../../../shared/ort/session.ts';
import { createRng } from '../../../shared/random.ts';
import {
  add,
  float32,
  gatherElements,
  int32,
  interpret,
  logSoftmax,
  matMul,
  mul,
  ndArray,
  neg,
  optimize,
  reduceMean,
  reduceSum,
  sub,
  tanh,
  toOnnx,
  unsqueeze,
  type Graph,
  type NdArray,
} from '../../../training/engine/index.ts';
import { zeros } from '../../../training/nn/parameter.ts';
import { optimizerSettingsSchema } from '../../../training/optim/optimizer-settings.ts';
import type { ParameterGroup } from '../../../training/optim/parameter-groups.ts';
import { layoutState } from '../../../training/train/state-layout.ts';
import { stateParts, type StepDefinition } from '../../../training/train/step-definition.ts';
import { nextName } from '../../../training/train/step-parts.ts';
import { buildAccumulateGraph, buildStepGraph, buildStepProgram } from '../../../training/train/step-program.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, toOrt, type Feeds } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';
import { torchOptim } from '../../support/torch-optim.ts';

const { problem } = torchOptim;

/** All of the state of a program with one group: one slab and the count of steps. */
const PARAMETERS = 'parameters.packed.0';
const STATE_NAMES = [PARAMETERS, 'mean.packed.0', 'square.packed.0', 'step'];

/** The state before the first step. */
function freshState(parameters: readonly number[]): Feeds {
  const flat = [parameters.length];
  const none = new Float64Array(parameters.length);
  return {
    [PARAMETERS]: ndArray('float32', flat, parameters),
    'mean.packed.0': ndArray('float32', flat, none),
    'square.packed.0': ndArray('float32', flat, none),
    step: ndArray('float32', [], [0]),
  };
}

/** The classifier that torch trained: softmax(tanh(x w1 + b1) w2 + b2). */
function classifier(): StepDefinition {
  const { rows, width, hidden, classes } = problem.shape;
  const { peak, warmupSteps, totalSteps, maxNorm, weightDecay } = problem.settings;
  return {
    parameters: [
      { name: 'w1', shape: [width, hidden], init: zeros },
      { name: 'b1', shape: [hidden], init: zeros },
      { name: 'w2', shape: [hidden, classes], init: zeros },
      { name: 'b2', shape: [classes], init: zeros },
    ],
    batch: { x: float32(rows, width), y: int32(rows) },
    loss: (p, { x, y }) => {
      const h = tanh(add(matMul(x!, p['w1']!), p['b1']!)); // [B, H]
      const logp = logSoftmax(add(matMul(h, p['w2']!), p['b2']!), -1); // [B, C]
      return neg(reduceMean(gatherElements(logp, unsqueeze(y!, 1), 1))); // []
    },
    groups: () => ({ learningRate: 1, weightDecay }),
    optimizer: optimizerSettingsSchema.parse({ name: 'adamw' }),
    schedule: { name: 'linear', peak, warmupSteps, totalSteps },
    maxNorm,
  };
}

describe('a classifier trained by torch', () => {
  const { shape, start, inputs, labels, trajectory } = problem;
  const graph = buildStepProgram(classifier());
  const feedsOf = (from: number, to: number): Feeds => ({
    x: ndArray('float32', [to - from, shape.rows, shape.width], inputs.slice(from, to).flat()),
    y: ndArray('int32', [to - from, shape.rows], labels.slice(from, to).flat()),
  });

  function expectTrajectory(found: Readonly<Record<string, NdArray>>): void {
    for (const name of ['loss', 'gradientNorm', 'learningRate'] as const) {
      const expected = trajectory.map((step) => step[name]);
      expect(found[name]!.shape).toEqual([trajectory.length]);
      expectClose(found[name]!.data, expected, tolerance.modelFloat32);
    }
    expectClose(found[nextName(PARAMETERS)]!.data, trajectory.at(-1)!.parameters, tolerance.modelFloat32);
    expect([...found[nextName('step')]!.data]).toEqual([trajectory.length]);
  }

  test('has steps that are clipped and steps that are not', () => {
    const clipped = trajectory.filter((step) => step.gradientNorm > problem.settings.maxNorm).length;
    expect(clipped).toBeGreaterThan(5);
    expect(clipped).toBeLessThan(15);
  });

  test('is trained the same by the interpreter', () => {
    expectTrajectory(interpret(graph, { ...freshState(start), ...feedsOf(0, trajectory.length) }));
  });

  test('is trained the same by onnxruntime', async () => {
    const feeds = { ...freshState(start), ...feedsOf(0, trajectory.length) };
    expectTrajectory(await runInOrt(optimize(graph), feeds, 'all'));
  });

  test('has the parameters of torch after every single step', () => {
    let state = freshState(start);
    trajectory.forEach(({ parameters, loss }, step) => {
      const found = interpret(graph, { ...state, ...feedsOf(step, step + 1) });
      expectClose(found['loss']!.data, [loss], tolerance.modelFloat32);
      expectClose(found[nextName(PARAMETERS)]!.data, parameters, tolerance.modelFloat32);
      state = Object.fromEntries(STATE_NAMES.map((name) => [name, found[nextName(name)]!]));
    });
  });

  test('gets the same bits from one run of all steps as from a run for each', async () => {
    const session = await createSession(toOnnx(optimize(graph)), { threads: 1 });
    const ortFeeds = (feeds: Feeds): Record<string, OrtTensor> =>
      Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toOrt(feed)]));
    const whole = await session.run(ortFeeds({ ...freshState(start), ...feedsOf(0, trajectory.length) }));
    let state = ortFeeds(freshState(start));
    const losses: number[] = [];
    for (let from = 0; from < trajectory.length; from += 1) {
      const found = await session.run({ ...state, ...ortFeeds(feedsOf(from, from + 1)) });
      losses.push(...(found['loss']!.data as Float32Array));
      state = Object.fromEntries(STATE_NAMES.map((name) => [name, found[nextName(name)]!]));
    }
    await session.release();
    expect(losses).toEqual([...(whole['loss']!.data as Float32Array)]);
    for (const name of STATE_NAMES) expect(state[name]!.data).toEqual(whole[nextName(name)]!.data);
  });
});

describe('a linear model', () => {
  const [rows, steps] = [5, 20];
  const rng = createRng(1, 'linear model');
  const settings = { peak: 0.25, warmupSteps: 4, totalSteps: steps, maxNorm: 2, weightDecay: 0.125 };
  const x = randomArray(rng, [steps, rows, 2]);
  const y = randomArray(rng, [steps, rows]);
  const program: StepDefinition = {
    parameters: [
      { name: 'w', shape: [2], init: zeros },
      { name: 'b', shape: [], init: zeros },
    ],
    batch: { x: float32('B', 2), y: float32('B') },
    // The number of finished steps is in the loss, as it is in the seeds of dropout masks.
    loss: (p, batch, step) => {
      const error = sub(add(reduceSum(mul(batch['x']!, p['w']!), { axes: [-1] }), p['b']!), batch['y']!); // [B]
      return add(reduceMean(mul(error, error)), mul(mul(step, 0.0625), p['b']!)); // []
    },
    groups: () => ({ learningRate: 1, weightDecay: settings.weightDecay }),
    optimizer: optimizerSettingsSchema.parse({ name: 'adamw' }),
    schedule: { name: 'linear', ...settings },
    maxNorm: settings.maxNorm,
  };

  /** The same in plain numbers: mean squared error, its gradient by hand, clipping, schedule, AdamW. */
  function reference(start: readonly number[]): { readonly losses: readonly number[]; readonly parameters: number[] } {
    const parameters = [...start];
    const mean = [0, 0, 0];
    const square = [0, 0, 0];
    const losses = Array.from({ length: steps }, (_, step) => {
      const gradient = [0, 0, step / 16];
      let loss = (step / 16) * parameters[2]!;
      for (let row = step * rows; row < (step + 1) * rows; row++) {
        const [x0, x1] = [x.data[2 * row]!, x.data[2 * row + 1]!];
        const error = x0 * parameters[0]! + x1 * parameters[1]! + parameters[2]! - y.data[row]!;
        loss += error ** 2 / rows;
        [x0, x1, 1].forEach((factor, i) => (gradient[i]! += (2 * error * factor) / rows));
      }
      const scale = Math.min(1, settings.maxNorm / (Math.hypot(...gradient) + 1e-6));
      const share = step < 4 ? step / 4 : (steps - step) / (steps - 4);
      const rate = settings.peak * share;
      gradient.forEach((raw, i) => {
        const g = raw * scale;
        mean[i] = 0.9 * mean[i]! + 0.1 * g;
        square[i] = 0.999 * square[i]! + 0.001 * g * g;
        const m = mean[i] / (1 - 0.9 ** (step + 1));
        const v = square[i] / (1 - 0.999 ** (step + 1));
        parameters[i]! -= rate * settings.weightDecay * parameters[i]! + (rate * m) / (Math.sqrt(v) + 1e-8);
      });
      return loss;
    });
    return { losses, parameters };
  }

  test('is trained as the formulas say, for twenty steps', async () => {
    const start = [0.5, -1, 0.25];
    const expected = reference(start);
    const graph = buildStepProgram(program);
    const feeds = { ...freshState(start), x, y };
    for (const found of [interpret(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')]) {
      expectClose(found['loss']!.data, expected.losses, tolerance.modelFloat32);
      expectClose(found[nextName(PARAMETERS)]!.data, expected.parameters, tolerance.modelFloat32);
    }
  });

  const signature = (graph: Graph): Record<'inputs' | 'outputs', string[]> => {
    const show = (name: string, { dtype, shape }: Graph['inputs'][number]['type']): string =>
      `${name}: ${dtype}[${shape.join(', ')}]`;
    return {
      inputs: graph.inputs.map(({ name, type }) => show(name!, type)),
      outputs: graph.outputs.map(({ name, value }) => show(name, value.type)),
    };
  };

  test('has state and batches as inputs, the next state and three figures a step as outputs', () => {
    expect(signature(buildStepProgram(program))).toMatchInlineSnapshot(`
      {
        "inputs": [
          "parameters.packed.0: float32[3]",
          "mean.packed.0: float32[3]",
          "square.packed.0: float32[3]",
          "step: float32[]",
          "x: float32[K, B, 2]",
          "y: float32[K, B]",
        ],
        "outputs": [
          "next.parameters.packed.0: float32[3]",
          "next.mean.packed.0: float32[3]",
          "next.square.packed.0: float32[3]",
          "next.step: float32[]",
          "loss: float32[K]",
          "gradientNorm: float32[K]",
          "learningRate: float32[K]",
        ],
      }
    `);
  });

  test('has, with the second parameter frozen, neither its moments nor its next value', () => {
    const groups = (name: string): ParameterGroup => ({ learningRate: name === 'b' ? 0 : 1, weightDecay: 0 });
    const definition = { ...program, groups };
    const layout = layoutState(program.parameters, groups);
    expect(signature(buildStepProgram(definition))).toMatchInlineSnapshot(`
      {
        "inputs": [
          "parameters.packed.0: float32[2]",
          "mean.packed.0: float32[2]",
          "square.packed.0: float32[2]",
          "step: float32[]",
          "parameters.b: float32[]",
          "x: float32[K, B, 2]",
          "y: float32[K, B]",
        ],
        "outputs": [
          "next.parameters.packed.0: float32[2]",
          "next.mean.packed.0: float32[2]",
          "next.square.packed.0: float32[2]",
          "next.step: float32[]",
          "loss: float32[K]",
          "gradientNorm: float32[K]",
          "learningRate: float32[K]",
        ],
      }
    `);
    expect(signature(buildStepGraph({ definition, layout }))).toMatchInlineSnapshot(`
      {
        "inputs": [
          "parameters.packed.0: float32[2]",
          "mean.packed.0: float32[2]",
          "square.packed.0: float32[2]",
          "parameters.b: float32[]",
          "step: float32[]",
          "x: float32[B, 2]",
          "y: float32[B]",
        ],
        "outputs": [
          "next.parameters.packed.0: float32[2]",
          "next.mean.packed.0: float32[2]",
          "next.square.packed.0: float32[2]",
          "loss: float32[]",
          "gradientNorm: float32[]",
          "learningRate: float32[]",
        ],
      }
    `);
    expect(signature(buildStepGraph({ definition, layout }, { accumulated: true }))).toMatchInlineSnapshot(`
      {
        "inputs": [
          "parameters.packed.0: float32[2]",
          "mean.packed.0: float32[2]",
          "square.packed.0: float32[2]",
          "gradient.packed.0: float32[2]",
          "parameters.b: float32[]",
          "step: float32[]",
          "draw: float32[]",
          "share: float32[]",
          "x: float32[B, 2]",
          "y: float32[B]",
        ],
        "outputs": [
          "next.parameters.packed.0: float32[2]",
          "next.mean.packed.0: float32[2]",
          "next.square.packed.0: float32[2]",
          "loss: float32[]",
          "gradientNorm: float32[]",
          "learningRate: float32[]",
        ],
      }
    `);
    expect(signature(buildAccumulateGraph({ definition, layout }))).toMatchInlineSnapshot(`
      {
        "inputs": [
          "parameters.packed.0: float32[2]",
          "gradient.packed.0: float32[2]",
          "parameters.b: float32[]",
          "draw: float32[]",
          "share: float32[]",
          "x: float32[B, 2]",
          "y: float32[B]",
        ],
        "outputs": [
          "next.gradient.packed.0: float32[2]",
          "loss: float32[]",
        ],
      }
    `);
    expect(stateParts(definition)).toEqual(['parameters', 'mean', 'square']);
  });
});
