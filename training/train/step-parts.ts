import { float32, type Tensors, type TensorType } from '../engine/index.ts';
import { slabShape, type StateLayout } from './state-layout.ts';
import type { StepDefinition } from './step-definition.ts';

/** How the state goes into the graphs of a definition. */
export interface Program {
  readonly definition: StepDefinition;
  readonly layout: StateLayout;
}

/** The sum of gradients of earlier micro-batches, a part that only accumulating graphs know. */
export const GRADIENT_PART = 'gradient';

/** The graph's name of a part of a slab, or of a frozen parameter: `parameters.NAME`, `mean.NAME`. */
export function partName(part: string, { name }: { readonly name: string }): string {
  return `${part}.${name}`;
}

/** The output that holds it after the step; a graph's outputs cannot have the names of its inputs. */
export function nextName(name: string): string {
  return `next.${name}`;
}

/** The inputs of these parts of each slab. */
export function slabInputs({ slabs }: StateLayout, parts: readonly string[]): Record<string, TensorType> {
  const types = parts.flatMap((part) =>
    slabs.map((slab) => [partName(part, slab), float32(...slabShape(slab))] as const),
  );
  return Object.fromEntries(types);
}

export function frozenInputs({ frozen }: StateLayout): Record<string, TensorType> {
  return Object.fromEntries(frozen.map((spec) => [partName('parameters', spec), float32(...spec.shape)]));
}

/** New values under the names of the graph's outputs. */
export function nextOutputs(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nextName(name), tensor]));
}
