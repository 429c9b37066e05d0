import { gradients, mul, type Tensor, type Tensors } from '../engine/index.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { pack, unpack } from './state-layout.ts';
import { partName, type Program } from './step-parts.ts';

interface MicroBatch {
  /** Everything by its input's name. */
  readonly x: Tensors;
  readonly draw: Tensor;
  /** What the loss counts, []; 1 where it is undefined. */
  readonly share: Tensor | undefined;
}

/** The loss of a micro-batch, [], and per slab its gradient in the slab's shape. */
export function lossAndSlopes(
  { definition, layout }: Program,
  { x, draw, share }: MicroBatch,
): { readonly loss: Tensor; readonly slopes: readonly Tensor[] } {
  const named = (specs: readonly ParameterSpec[]): Tensors =>
    Object.fromEntries(specs.map((spec) => [spec.name, x[partName('parameters', spec)]!]));
  const unpacked = layout.slabs.map((slab) => unpack(slab, x[partName('parameters', slab)]!));
  const trained = Object.fromEntries(unpacked.flatMap((tensors) => Object.entries(tensors)));
  const batch = Object.fromEntries(Object.keys(definition.batch).map((name) => [name, x[name]!]));
  const loss = definition.loss({ ...named(layout.frozen), ...trained }, batch, draw); // []
  const found = gradients(share === undefined ? loss : mul(loss, share), trained);
  return { loss, slopes: layout.slabs.map((slab) => pack(slab, found)) };
}
