import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
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
  print,
  reduceMean,
  reduceSum,
  sub,
  tanh,
  toOnnx,
  unsqueeze,
  type NdArray,
} from '../../../training/engine/index.ts';
import { zeros } from '../../../training/nn/parameter.ts';
import {
  buildStepProgram,
  filler,
  nextName,
  parameterCount,
  STATE_NAMES,
  stateShape,
  type StepProgram,
} from '../../../training/train/step-program.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, toOrt, type Feeds } from '../../support/engine.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tolerance } from '../../support/tolerance.ts';

const numbers = z.array(z.number());
const { problem } = z
  .object({
    problem: z.object({
      shape: z.object({ rows: z.number(), width: z.number(), hidden: z.number(), classes: z.number() }),
      settings: z.object({
        peak: z.number(),
        warmupSteps: z.number(),
        totalSteps: z.number(),
        maxNorm: z.number(),
        weightDecay: z.number(),
      }),
      start: numbers,
      inputs: z.array(numbers),
      labels: z.array(numbers),
      trajectory: z.array(
        z.object({ loss: z.number(), gradientNorm: z.number(), learningRate: z.number(), parameters: numbers }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../golden/torch-optim.json', import.meta.url), 'utf8')));

/** The state before the first step. */
function freshState(parameters: readonly number[]): Feeds {
  const flat = [parameters.length];
  const none = new Float64Array(parameters.length);
  return {
    parameters: ndArray('float32', flat, parameters),
    mean: ndArray('float32', flat, none),
    square: ndArray('float32', flat, none),
    step: ndArray('float32', [], [0]),
  };
}

/** The classifier that torch trained: softmax(tanh(x w1 + b1) w2 + b2). */
function classifier(): StepProgram {
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
    optimizer: { weightDecay },
    schedule: { peak, warmupSteps, totalSteps },
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
    expectClose(found[nextName('parameters')]!.data, trajectory.at(-1)!.parameters, tolerance.modelFloat32);
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
      expectClose(found[nextName('parameters')]!.data, parameters, tolerance.modelFloat32);
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

describe('a state in rows', () => {
  const { shape, start, inputs, labels, trajectory } = problem;
  const rowLength = 8;
  const plain = classifier();
  const parameters = [...plain.parameters, ...filler(plain.parameters, rowLength)];
  const program: StepProgram = { ...plain, parameters, rowLength };
  const rows = stateShape(program);
  const steps = trajectory.length;
  const inRows = (numbers: ArrayLike<number>): NdArray => {
    const data = new Float64Array(rows[0]! * rowLength);
    data.set(numbers);
    return ndArray('float32', rows, data);
  };
  const batches: Feeds = {
    x: ndArray('float32', [steps, shape.rows, shape.width], inputs.flat()),
    y: ndArray('int32', [steps, shape.rows], labels.flat()),
    step: ndArray('float32', [], [0]),
  };

  test('is trained as torch trains, and the filler stays zero', async () => {
    const feeds = { ...batches, parameters: inRows(start), mean: inRows([]), square: inRows([]) };
    const graph = buildStepProgram(program);
    for (const found of [interpret(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')]) {
      const losses = trajectory.map((step) => step.loss);
      expectClose(found['loss']!.data, losses, tolerance.modelFloat32);
      const norms = trajectory.map((step) => step.gradientNorm);
      expectClose(found['gradientNorm']!.data, norms, tolerance.modelFloat32);
      const after = found[nextName('parameters')]!;
      expect(after.shape).toEqual(rows);
      expectClose(after.data.subarray(0, start.length), trajectory.at(-1)!.parameters, tolerance.modelFloat32);
      expect([...after.data.subarray(start.length)].every((number) => number === 0)).toBe(true);
    }
  });

  test('is as long as the parameters, rounded up to whole rows', () => {
    expect(rows).toEqual([Math.ceil(start.length / rowLength), rowLength]);
    expect(stateShape(plain)).toEqual([start.length]);
    expect(filler(parameters, rowLength)).toEqual([]);
  });

  test('fails when the rows are not full', () => {
    expectFails(() => buildStepProgram({ ...plain, rowLength }), 'E_SHAPE_MISMATCH', 'filler()');
  });
});

describe('a linear model', () => {
  const [rows, steps] = [5, 20];
  const rng = createRng(1, 'linear model');
  const settings = { peak: 0.25, warmupSteps: 4, totalSteps: steps, maxNorm: 2, weightDecay: 0.125 };
  const x = randomArray(rng, [steps, rows, 2]);
  const y = randomArray(rng, [steps, rows]);
  const program: StepProgram = {
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
    optimizer: { weightDecay: settings.weightDecay },
    schedule: settings,
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
    expect(parameterCount(program.parameters)).toBe(start.length);
    const expected = reference(start);
    const graph = buildStepProgram(program);
    const feeds = { ...freshState(start), x, y };
    for (const found of [interpret(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')]) {
      expectClose(found['loss']!.data, expected.losses, tolerance.modelFloat32);
      expectClose(found[nextName('parameters')]!.data, expected.parameters, tolerance.modelFloat32);
    }
  });

  test('has state and batches as inputs, the next state and three figures a step as outputs', () => {
    const lines = print(buildStepProgram(program)).split('\n');
    expect(lines[0]).toMatchInlineSnapshot(
      `"{ lambda parameters:float32[3] mean:float32[3] square:float32[3] step:float32[] x:float32[K,B,2] y:float32[K,B] ."`,
    );
    const outputs = buildStepProgram(program).outputs.map(
      ({ name, value }) => `${name}: ${value.type.dtype}[${value.type.shape.join(', ')}]`,
    );
    expect(outputs).toMatchInlineSnapshot(`
      [
        "next.parameters: float32[3]",
        "next.mean: float32[3]",
        "next.square: float32[3]",
        "next.step: float32[]",
        "loss: float32[K]",
        "gradientNorm: float32[K]",
        "learningRate: float32[K]",
      ]
    `);
  });
});
