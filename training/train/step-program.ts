import {
  add,
  concat,
  float32,
  gradients,
  mul,
  reshape,
  scan,
  split,
  trace,
  type Graph,
  type Tensor,
  type Tensors,
  type TensorType,
} from '../engine/index.ts';
import { size, type ParameterSpec } from '../nn/parameter.ts';
import { adamW, type AdamWOptions } from '../optim/adamw.ts';
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
 * All parameters are one flat vector, in the order of their specs, and so are their moments: the optimiser is a dozen
 * passes over long vectors instead of as many over each of a hundred small tensors.
 *
 * Inputs: the state, and each batch tensor with a leading axis K. Outputs: the state as `next.*`, and per step `loss`,
 * `gradientNorm` (before clipping) and `learningRate`, each [K].
 */
export function buildStepProgram(program: StepProgram): Graph {
  const total = parameterCount(program.parameters);
  const names = Object.keys(program.batch);
  const stacked = Object.entries(program.batch).map(([name, type]) => [
    name,
    { dtype: type.dtype, shape: ['K', ...type.shape] },
  ]);
  const inputs: Record<string, TensorType> = {
    parameters: float32(total),
    mean: float32(total),
    square: float32(total),
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
  const parameters = unflatten(program.parameters, state.parameters);
  const loss = program.loss(parameters, batch, state.step); // []
  const slopes = gradients(loss, parameters);
  const flat = concat(
    program.parameters.map((spec) => reshape(slopes[spec.name]!, [size(spec.shape)])),
    0,
  ); // [N]
  const { scale, norm } = clipScale([flat], program.maxNorm);
  const learningRate = linearSchedule(state.step, program.schedule); // []
  const done = add(state.step, 1); // []
  const next = adamW(state, mul(flat, scale), { learningRate, step: done }, program.optimizer);
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
