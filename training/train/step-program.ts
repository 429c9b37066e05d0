import { add, float32, scan, trace, type Graph, type Tensors, type TensorType } from '../engine/index.ts';
import { layoutState, type StateLayout } from './state-layout.ts';
import { stateParts, type StepDefinition } from './step-definition.ts';
import { lossAndSlopes } from './step-gradient.ts';
import { frozenInputs, GRADIENT_PART, nextOutputs, partName, slabInputs, type Program } from './step-parts.ts';
import { updateState } from './step-update.ts';

/**
 * One optimiser step: forward, loss, backward, clipping, optimiser, schedule.
 *
 * Inputs: each part of each slab, `step` (finished steps, []), the batch, and with `accumulated` what the graph of
 * `buildAccumulateGraph` has summed, `draw` and `share`. Outputs: `next.*` of each part, and the figures.
 *
 * Every `next.*` may lie over the memory of its input. All reads of parameters in forward and backward come before the
 * first write, because the factor that scales each update depends on every gradient and on the loss; moments are read in
 * their own update only. Nothing may drop that dependency, also not when there is no limit to the norm.
 */
export function buildStepGraph(program: Program, { accumulated = false } = {}): Graph {
  const { definition, layout } = program;
  const inputs: Record<string, TensorType> = {
    ...slabInputs(layout, [...stateParts(definition), ...(accumulated ? [GRADIENT_PART] : [])]),
    ...frozenInputs(layout),
    step: float32(),
    ...(accumulated ? MICRO_INPUTS : {}),
    ...definition.batch,
  };
  return trace('step', inputs, (x) => {
    const step = x['step']!; // []
    const { loss, slopes } = lossAndSlopes(program, { x, draw: x['draw'] ?? step, share: x['share'] });
    const summed = layout.slabs.map((slab, i) => {
      const before = x[partName(GRADIENT_PART, slab)];
      return before === undefined ? slopes[i]! : add(before, slopes[i]!);
    });
    const { next, figures } = updateState(program, { x, loss, step, slopes: summed, byRows: true });
    return { ...nextOutputs(next), ...figures };
  });
}

/**
 * Adds the gradient of one micro-batch to the sum of those before: `next.gradient.*` may lie over `gradient.*`. The loss
 * counts by `share`, so that shares that add up to 1 give a mean.
 *
 * Inputs: parameters and sums of each slab, `draw`, `share`, the batch. Outputs: the sums and the whole `loss`.
 */
export function buildAccumulateGraph(program: Program): Graph {
  const { definition, layout } = program;
  const specs = { ...definition, parts: ['parameters', GRADIENT_PART] };
  const inputs = { ...slabInputs(layout, specs.parts), ...frozenInputs(layout), ...MICRO_INPUTS, ...definition.batch };
  return trace('accumulate', inputs, (x) => {
    const { loss, slopes } = lossAndSlopes(program, { x, draw: x['draw']!, share: x['share'] });
    const sums = layout.slabs.map((slab, i) => {
      const name = partName(GRADIENT_PART, slab);
      return [name, add(x[name]!, slopes[i]!)] as const;
    });
    return { ...nextOutputs(Object.fromEntries(sums)), loss };
  });
}

/**
 * K optimiser steps as one graph, for devices whose memory is not the host's: a Scan runs them, so that between the first
 * and the last of them nothing leaves the runtime.
 *
 * Inputs: each part of each slab, `step`, and each batch tensor with a leading axis K. Outputs: `next.*` of each part and
 * of `step`, and per step the figures, each [K].
 */
export function buildStepProgram(definition: StepDefinition): Graph {
  const layout = stepProgramLayout(definition);
  const program = { definition, layout };
  const names = Object.keys(definition.batch);
  const stacked = Object.entries(definition.batch).map(([name, { dtype, shape }]): readonly [string, TensorType] => [
    name,
    { dtype, shape: ['K', ...shape] },
  ]);
  const state = { ...slabInputs(layout, stateParts(definition)), step: float32() };
  const inputs = { ...state, ...frozenInputs(layout), ...Object.fromEntries(stacked) };
  return trace('training', inputs, (x: Tensors) => {
    const pick = (keys: readonly string[]): Tensors => Object.fromEntries(keys.map((key) => [key, x[key]!]));
    const { states, outputs } = scan(
      { states: pick(Object.keys(state)), inputs: pick(names) },
      (current: Tensors, batch: Tensors) => {
        const inside = { ...x, ...current, ...batch };
        const step = current['step']!; // []
        const { loss, slopes } = lossAndSlopes(program, { x: inside, draw: step, share: undefined });
        const { next, figures } = updateState(program, { x: inside, loss, step, slopes, byRows: false });
        return { states: { ...next, step: add(step, 1) }, outputs: figures };
      },
    );
    return { ...nextOutputs(states), ...outputs };
  });
}

/**
 * The layout of the graph of `buildStepProgram`: that of the CPU, too. One slab for all would save launches, but the CUDA
 * kernels of Split and Concat make a table of 8 bytes for each number along their axis, on the host and at every step.
 */
export function stepProgramLayout({ parameters, groups }: Pick<StepDefinition, 'parameters' | 'groups'>): StateLayout {
  return layoutState(parameters, groups);
}

const MICRO_INPUTS: Readonly<Record<string, TensorType>> = { draw: float32(), share: float32() };
