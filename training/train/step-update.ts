import { add, mul, reshape, type Tensor, type Tensors } from '../engine/index.ts';
import { averagingOf } from '../optim/averaging.ts';
import { byRow } from '../optim/by-row.ts';
import { clipScale } from '../optim/clip-norm.ts';
import type { Update, UpdateTensors } from '../optim/optimizer.ts';
import { updateOf } from '../optim/optimizers.ts';
import { learningRate } from '../optim/schedules.ts';
import { rowsOf } from './row-length.ts';
import { slabShape, type Slab } from './state-layout.ts';
import { AVERAGE_PART, stateParts, type FIGURES } from './step-definition.ts';
import { partName, type Program } from './step-parts.ts';

interface StepResults {
  /** Everything by its input's name. */
  readonly x: Tensors;
  readonly loss: Tensor;
  readonly step: Tensor;
  /** The gradient of each slab. */
  readonly slopes: readonly Tensor[];
  /** Whether large slabs go through the optimiser in rows that stay in the cache. */
  readonly byRows: boolean;
}

interface Updated {
  /** The new parts by the names of their inputs. */
  readonly next: Tensors;
  readonly figures: Readonly<Record<(typeof FIGURES)[number], Tensor>>;
}

/** Clips the gradient and moves the state of each slab by one step of optimiser and schedule. */
export function updateState(program: Program, { x, loss, step, slopes, byRows }: StepResults): Updated {
  const { definition, layout } = program;
  const shapes = layout.slabs.map((slab) => (byRows ? rowsOf(slab.length) : undefined) ?? slabShape(slab));
  const inShape = (tensor: Tensor, i: number): Tensor => reshape(tensor, shapes[i]!); // [R, C], or as it was
  const sloped = slopes.map(inShape);
  const { scale, norm } = clipScale(sloped, definition.maxNorm);
  const rate = learningRate(step, definition.schedule); // []
  const updateOfGroup = groupUpdates(program, {
    rate,
    step,
    // 0 times the loss: what reads parameters for the loss alone must come before the update, too.
    gradientScale: add(scale, mul(loss, 0)), // []
  });
  const next = layout.slabs.flatMap((slab, i) => {
    const parts = stateParts(definition).map((part) => [part, inShape(x[partName(part, slab)]!, i)]);
    const before = { ...(Object.fromEntries(parts) as Tensors), gradient: sloped[i]! } as UpdateTensors;
    const update = updateOfGroup(slab);
    const after = byRows && rowsOf(slab.length) !== undefined ? byRow(before, update) : update(before);
    return Object.entries(after).map(([part, tensor]) => [partName(part, slab), tensor] as const);
  });
  return { next: Object.fromEntries(next), figures: { loss, gradientNorm: norm, learningRate: rate } };
}

interface StepScalars {
  readonly rate: Tensor;
  /** Finished steps. */
  readonly step: Tensor;
  readonly gradientScale: Tensor;
}

/** The update of a slab, average included; slabs of one group share its scalars. */
function groupUpdates({ definition }: Program, { rate, step, gradientScale }: StepScalars): (slab: Slab) => Update {
  const { averaging = null, optimizer } = definition;
  const average = averaging === null ? undefined : averagingOf(averaging, step);
  return ({ group }) => {
    const rates = { step: add(step, 1), learningRate: mul(rate, group.learningRate), gradientScale }; // []
    const update = updateOf(optimizer, rates, group.weightDecay);
    if (average === undefined) return update;
    return (tensors) => {
      const next = update(tensors);
      return { ...next, [AVERAGE_PART]: average(tensors[AVERAGE_PART]!, next['parameters']!) };
    };
  };
}
