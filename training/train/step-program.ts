import { NerError } from '../../shared/ner-error.ts';
import {
  add,
  concat,
  float32,
  gradients,
  reshape,
  scan,
  split,
  trace,
  type Graph,
  type Tensor,
  type Tensors,
  type TensorType,
} from '../engine/index.ts';
import { size, zeros, type ParameterSpec } from '../nn/parameter.ts';
import { adamW, type AdamWOptions, type AdamWState } from '../optim/adamw.ts';
import { byRow } from '../optim/by-row.ts';
import { clipScale } from '../optim/clip-norm.ts';
import { linearSchedule, type LinearScheduleOptions } from '../optim/linear-schedule.ts';

export interface StepProgram {
  readonly parameters: readonly ParameterSpec[];
  /** Types of one step's batch. Their axes are constants or symbols such as 'B' and 'T', never 'K'. */
  readonly batch: Readonly<Record<string, TensorType>>;
  /** The loss to minimise, []; `step` counts finished steps, float32 [], and tells dropout masks apart. */
  readonly loss: (parameters: Tensors, batch: Tensors, step: Tensor) => Tensor;
  readonly optimizer: AdamWOptions;
  readonly schedule: LinearScheduleOptions;
  /** Greatest norm of the gradient of all parameters together. */
  readonly maxNorm: number;
  /**
   * Numbers in a row of the state, for large models: parameters and moments are then matrices [N / rowLength, rowLength],
   * which the optimiser goes through row by row, in the cache. N must be a multiple of it; `filler` sees to that.
   */
  readonly rowLength?: number;
}

/**
 * A row length that does well: a whole step of MiniLM-L6 (22.6 million parameters, 16 x 39 tokens) takes 221 ms so and
 * 250 ms with flat vectors, on two cores with 1 MB of L2 cache each; rows of half and twice this length were no faster.
 */
export const ROW_LENGTH = 131_072;

/** A parameter that nothing uses, to fill the last row of the state; none where the last row is full. */
export function filler(specs: readonly ParameterSpec[], rowLength = ROW_LENGTH): readonly ParameterSpec[] {
  const last = parameterCount(specs) % rowLength;
  return last === 0 ? [] : [{ name: 'filler', shape: [rowLength - last], init: zeros }];
}

/** The shape of parameters and moments: [N], or [N / rowLength, rowLength]. */
export function stateShape({
  parameters,
  rowLength,
}: Pick<StepProgram, 'parameters' | 'rowLength'>): readonly number[] {
  const total = parameterCount(parameters);
  if (rowLength === undefined) return [total];
  if (total % rowLength === 0) return [total / rowLength, rowLength];
  throw new NerError(
    'E_SHAPE_MISMATCH',
    `stateShape: the parameters do not fill rows, got ${total} numbers; expected a multiple of ${rowLength}. ` +
      'Add what filler() gives to the parameters.',
  );
}

/** What a run hands back for the next one: flat parameters and moments [N], and the count of finished steps []. */
export const STATE_NAMES = ['parameters', 'mean', 'square', 'step'] as const;
export type StateName = (typeof STATE_NAMES)[number];

/** The output that holds a state after the run; a graph's outputs cannot have the names of its inputs. */
export function nextName<N extends StateName>(name: N): `next.${N}` {
  return `next.${name}`;
}

/**
 * The training program: forward, loss, backward, clipping, AdamW, warm-up and decay for K batches, as one graph. A Scan
 * runs the K steps, so that between the first and the last of them nothing leaves the runtime.
 *
 * All parameters are one flat vector (or matrix of the same numbers), in the order of their specs, and so are their
 * moments: the optimiser is a dozen passes over long vectors instead of as many over each of a hundred small tensors.
 *
 * Inputs: the state, and each batch tensor with a leading axis K. Outputs: the state as `next.*`, and per step `loss`,
 * `gradientNorm` (before clipping) and `learningRate`, each [K].
 */
export function buildStepProgram(program: StepProgram): Graph {
  const shape = stateShape(program);
  const names = Object.keys(program.batch);
  const stacked = Object.entries(program.batch).map(([name, type]) => [
    name,
    { dtype: type.dtype, shape: ['K', ...type.shape] },
  ]);
  const inputs: Record<string, TensorType> = {
    parameters: float32(...shape),
    mean: float32(...shape),
    square: float32(...shape),
    step: float32(),
    ...(Object.fromEntries(stacked) as Record<string, TensorType>),
  };
  return trace('training', inputs, (x) => {
    const { states, outputs } = scan(
      {
        states: { parameters: x['parameters']!, mean: x['mean']!, square: x['square']!, step: x['step']! },
        inputs: Object.fromEntries(names.map((name) => [name, x[name]!])),
      },
      (state, batch) => trainStep(program, state, batch),
    );
    const next = STATE_NAMES.map((name) => [nextName(name), states[name]]);
    return { ...(Object.fromEntries(next) as Tensors), ...outputs };
  });
}

function trainStep(
  program: StepProgram,
  state: Readonly<Record<StateName, Tensor>>,
  batch: Tensors,
): { readonly states: Readonly<Record<StateName, Tensor>>; readonly outputs: Tensors } {
  const specs = program.parameters;
  const parameters = unflatten(specs, reshape(state.parameters, [parameterCount(specs)]));
  const loss = program.loss(parameters, batch, state.step); // []
  const slopes = gradients(loss, parameters);
  const flat = specs.map((spec) => reshape(slopes[spec.name]!, [size(spec.shape)]));
  const gradient = reshape(concat(flat, 0), stateShape(program)); // [N] or [R, C], like the state
  const { scale, norm } = clipScale([gradient], program.maxNorm);
  const learningRate = linearSchedule(state.step, program.schedule); // []
  const done = add(state.step, 1); // []
  const rates = { learningRate, step: done, gradientScale: scale };
  const vectors = { parameters: state.parameters, mean: state.mean, square: state.square, gradient };
  const update = (x: typeof vectors): AdamWState => adamW(x, x.gradient, rates, program.optimizer);
  const next = program.rowLength === undefined ? update(vectors) : byRow(vectors, update);
  return {
    states: { parameters: next.parameters, mean: next.mean, square: next.square, step: done },
    outputs: { loss, gradientNorm: norm, learningRate },
  };
}

/** Cuts the flat vector into the parameters it is made of. */
export function unflatten(specs: readonly ParameterSpec[], flat: Tensor): Tensors {
  const pieces = split(
    flat,
    specs.map((spec) => size(spec.shape)),
    0,
  );
  return Object.fromEntries(specs.map((spec, i) => [spec.name, reshape(pieces[i]!, spec.shape)]));
}

/** How many numbers all parameters together hold. */
export function parameterCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, spec) => sum + size(spec.shape), 0);
}
