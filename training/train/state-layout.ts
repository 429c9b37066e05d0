import { NerError } from '../../shared/ner-error.ts';
import { concat, reshape, split, type Tensor, type Tensors } from '../engine/index.ts';
import { size, type ParameterSpec } from '../nn/parameter.ts';
import type { Grouping, ParameterGroup } from '../optim/parameter-groups.ts';

/**
 * Parameters that the optimiser goes through as one tensor: a large one by itself, small ones of one group side by side.
 * There are as many optimiser nodes as slabs, not as parameters.
 */
export interface Slab {
  /** The parameter's name, or `packed.<number>`. */
  readonly name: string;
  readonly group: ParameterGroup;
  readonly members: readonly ParameterSpec[];
  /** Numbers in it. */
  readonly length: number;
}

export interface StateLayout {
  /** Those that are trained. */
  readonly slabs: readonly Slab[];
  /** Parameters that stay as they are: no gradient, no moments. */
  readonly frozen: readonly ParameterSpec[];
}

/** Up to this many numbers a parameter is packed: below it the nodes cost more than the copies. */
export const PACKED_ELEMENTS = 32_768;

/**
 * @param packed greatest number of elements of a packed parameter; Infinity for one slab a group
 * @throws {E_USAGE} every parameter is frozen
 */
export function layoutState(
  specs: readonly ParameterSpec[],
  groups: Grouping,
  packed: number = PACKED_ELEMENTS,
): StateLayout {
  const frozen: ParameterSpec[] = [];
  const large: Slab[] = [];
  const packs = new Map<string, { readonly group: ParameterGroup; readonly members: ParameterSpec[] }>();
  for (const spec of specs) {
    const group = groups(spec.name);
    const length = size(spec.shape);
    if (group.learningRate === 0) frozen.push(spec);
    else if (length > packed) large.push({ name: spec.name, group, members: [spec], length });
    else {
      const key = `${group.learningRate} ${group.weightDecay}`;
      const pack = packs.get(key) ?? { group, members: [] };
      pack.members.push(spec);
      packs.set(key, pack);
    }
  }
  if (frozen.length === specs.length) {
    throw new NerError(
      'E_USAGE',
      `train: every parameter is frozen, got ${specs.length} with a learning rate of 0; expected one at least that is trained. Freeze fewer layers.`,
    );
  }
  const small = [...packs.values()].map(({ group, members }, i) => ({
    name: `packed.${i}`,
    group,
    members,
    length: parameterCount(members),
  }));
  return { slabs: [...large, ...small], frozen };
}

/** The shape of a slab as the graph's input: the parameter's own, or a vector. */
export function slabShape({ members, length }: Slab): readonly number[] {
  return members.length === 1 ? members[0]!.shape : [length];
}

/** The parameters in a slab. */
export function unpack(slab: Slab, tensor: Tensor): Tensors {
  return slab.members.length === 1 ? { [slab.members[0]!.name]: tensor } : unflatten(slab.members, tensor);
}

/** Tensors by parameter name put together as the slab has them. */
export function pack(slab: Slab, tensors: Tensors): Tensor {
  const [first, ...more] = slab.members.map((spec) => tensors[spec.name]!);
  if (more.length === 0) return first!;
  const flat = slab.members.map((spec) => reshape(tensors[spec.name]!, [size(spec.shape)]));
  return concat(flat, 0); // [N]
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
