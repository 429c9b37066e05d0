import {
  add,
  float32,
  gradients,
  mul,
  reshape,
  scan,
  trace,
  type Graph,
  type Tensor,
  type Tensors,
  type TensorType,
} from '../engine/index.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { byRow } from '../optim/by-row.ts';
import { clipScale } from '../optim/clip-norm.ts';
import { optimizers, type OptimizerSettings, type UpdateTensors } from '../optim/optimizers.ts';
import { schedules, type ScheduleSettings } from '../optim/schedules.ts';
import { rowsOf } from './row-length.ts';
import { layoutState, pack, slabShape, unpack, type Grouping, type Slab, type StateLayout } from './state-layout.ts';

/** What one optimiser step is, whatever runs it. */
export interface StepDefinition {
  readonly parameters: readonly ParameterSpec[];
  /** Types of one micro-batch. Their axes are constants or symbols such as 'B' and 'T', never 'K'. */
  readonly batch: Readonly<Record<string, TensorType>>;
  /** The loss to minimise, []; `draw` counts the micro-batches before it, float32 [], and tells dropout masks apart. */
  readonly loss: (parameters: Tensors, batch: Tensors, draw: Tensor) => Tensor;
  readonly groups: Grouping;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleSettings;
  /** Greatest norm of the gradient of all parameters together; Infinity for no limit. */
  readonly maxNorm: number;
}

/** Figures of a step, each float32 []: the loss, the gradient's norm before clipping, the rate before group factors. */
export const FIGURES = ['loss', 'gradientNorm', 'learningRate'] as const;

/** The parts of the state that each slab has: parameters, then the optimiser's moments. */
export function stateParts({ optimizer }: Pick<StepDefinition, 'optimizer'>): readonly string[] {
  return ['parameters', ...optimizers[optimizer.name].moments];
}

/** The graph's name of a part of a slab, or of a frozen parameter: `parameters.NAME`, `mean.NAME`. */
export function partName(part: string, { name }: { readonly name: string }): string {
  return `${part}.${name}`;
}

/** The output that holds it after the step; a graph's outputs cannot have the names of its inputs. */
export function nextName(name: string): string {
  return `next.${name}`;
}

/** The sum of gradients of earlier micro-batches, a part that only accumulating graphs know. */
export const GRADIENT_PART = 'gradient';

/** How the state goes into the graphs of a definition. */
interface Program {
  readonly definition: StepDefinition;
  readonly layout: StateLayout;
}

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
    ...stateInputs(program, accumulated ? [GRADIENT_PART] : []),
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
    const { next, figures } = update(program, { x, loss, step, slopes: summed, byRows: true });
    return { ...renamed(next), ...figures };
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
    return { ...renamed(Object.fromEntries(sums)), loss };
  });
}

/**
 * K optimiser steps as one graph, for devices whose memory is not the host's: a Scan runs them, so that between the first
 * and the last of them nothing leaves the runtime. All parameters of a group are one slab, since there each node costs a
 * launch, and the state must not change its place.
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
        const { next, figures } = update(program, { x: inside, loss, step, slopes, byRows: false });
        return { states: { ...next, step: add(step, 1) }, outputs: figures };
      },
    );
    return { ...renamed(states), ...outputs };
  });
}

/** The layout of the graph of `buildStepProgram`. */
export function stepProgramLayout({ parameters, groups }: Pick<StepDefinition, 'parameters' | 'groups'>): StateLayout {
  return layoutState(parameters, groups, Infinity);
}

const MICRO_INPUTS: Readonly<Record<string, TensorType>> = { draw: float32(), share: float32() };

function slabInputs({ slabs }: StateLayout, parts: readonly string[]): Record<string, TensorType> {
  const types = parts.flatMap((part) =>
    slabs.map((slab) => [partName(part, slab), float32(...slabShape(slab))] as const),
  );
  return Object.fromEntries(types);
}

function frozenInputs({ frozen }: StateLayout): Record<string, TensorType> {
  return Object.fromEntries(frozen.map((spec) => [partName('parameters', spec), float32(...spec.shape)]));
}

function stateInputs({ definition, layout }: Program, more: readonly string[]): Record<string, TensorType> {
  return { ...slabInputs(layout, [...stateParts(definition), ...more]), ...frozenInputs(layout) };
}

function renamed(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nextName(name), tensor]));
}

interface MicroBatch {
  /** Everything by its input's name. */
  readonly x: Tensors;
  readonly draw: Tensor;
  readonly share: Tensor | undefined;
}

/** The loss, and per slab its gradient in the slab's shape. */
function lossAndSlopes(
  { definition, layout }: Program,
  { x, draw, share }: MicroBatch,
): { readonly loss: Tensor; readonly slopes: readonly Tensor[] } {
  const named = (specs: readonly ParameterSpec[]): Tensors =>
    Object.fromEntries(specs.map((spec) => [spec.name, x[partName('parameters', spec)]!]));
  const unpacked = layout.slabs.map((slab) => unpack(slab, x[partName('parameters', slab)]!));
  const trained = merged(unpacked);
  const batch = Object.fromEntries(Object.keys(definition.batch).map((name) => [name, x[name]!]));
  const loss = definition.loss({ ...named(layout.frozen), ...trained }, batch, draw); // []
  const found = gradients(share === undefined ? loss : mul(loss, share), trained);
  return { loss, slopes: layout.slabs.map((slab) => pack(slab, found)) };
}

interface Update {
  readonly x: Tensors;
  readonly loss: Tensor;
  readonly step: Tensor;
  /** Per slab. */
  readonly slopes: readonly Tensor[];
  /** Whether large slabs go through the optimiser in rows that stay in the cache. */
  readonly byRows: boolean;
}

function update(
  { definition, layout }: Program,
  { x, loss, step, slopes, byRows }: Update,
): { readonly next: Tensors; readonly figures: Readonly<Record<(typeof FIGURES)[number], Tensor>> } {
  const shapes = layout.slabs.map((slab) => (byRows ? rowsOf(slab.length) : undefined) ?? slabShape(slab));
  const inShape = (tensor: Tensor, i: number): Tensor => reshape(tensor, shapes[i]!); // [R, C], or as it was
  const sloped = slopes.map(inShape);
  const { scale, norm } = clipScale(sloped, definition.maxNorm);
  const learningRate = schedules[definition.schedule.name](step, definition.schedule); // []
  const optimizer = optimizers[definition.optimizer.name];
  const rates = {
    step: add(step, 1), // []
    // 0 times the loss: what reads parameters for the loss alone must come before the update, too.
    gradientScale: add(scale, mul(loss, 0)), // []
  };
  const next = layout.slabs.map((slab, i) => {
    const parts = stateParts(definition).map((part) => [part, inShape(x[partName(part, slab)]!, i)]);
    const before = { ...(Object.fromEntries(parts) as Tensors), gradient: sloped[i]! } as UpdateTensors;
    const ofSlab = { ...rates, learningRate: mul(learningRate, slab.group.learningRate) };
    const options = { ...definition.optimizer, weightDecay: slab.group.weightDecay };
    const apply = (tensors: UpdateTensors): Tensors => optimizer.update(tensors, ofSlab, options);
    return namedParts(slab, byRows && rowsOf(slab.length) !== undefined ? byRow(before, apply) : apply(before));
  });
  return { next: merged(next), figures: { loss, gradientNorm: norm, learningRate } };
}

function merged(all: readonly Tensors[]): Tensors {
  return Object.fromEntries(all.flatMap((tensors) => Object.entries(tensors)));
}

function namedParts(slab: Slab, parts: Tensors): Tensors {
  return Object.fromEntries(Object.entries(parts).map(([part, tensor]) => [partName(part, slab), tensor]));
}
