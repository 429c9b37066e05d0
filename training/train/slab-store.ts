import { NerError } from '../../shared/ner-error.ts';
import { size, type ParameterSpec } from '../nn/parameter.ts';
import { parameterCount, type Slab, type StateLayout } from './state-layout.ts';

/** What a stepper trains. */
export interface StepperState {
  /** Finished steps. */
  step: number;
  /** All parameters, flat, in the order of their specs. */
  readonly parameters: Float32Array;
  /** By the optimiser's name of each, flat, in the order of the specs, of those parameters that are trained. */
  readonly moments: Readonly<Record<string, Float32Array>>;
}

/** The state as its graph takes it. */
export interface SlabStore {
  /** The numbers of a slab or a frozen parameter: a view of the state, or for a pack a copy, which `load` and `save` keep. */
  readonly array: (part: string, name: string) => Float32Array;
  /** Brings the packs up to date with the state. */
  readonly load: () => void;
  /** Brings the state up to date with the packs. */
  readonly save: () => void;
}

interface StoreOptions {
  readonly layout: StateLayout;
  /** `parameters`, then names of moments. */
  readonly parts: readonly string[];
  readonly specs: readonly ParameterSpec[];
}

/** @throws {E_SHAPE_MISMATCH} the state has other lengths than the parameters, or lacks a moment */
export function createSlabStore({ layout, parts, specs }: StoreOptions, state: StepperState): SlabStore {
  const trained = new Set(layout.slabs.flatMap((slab) => slab.members.map((spec) => spec.name)));
  const momentSpecs = specs.filter((spec) => trained.has(spec.name));
  const arrays = new Map<string, Float32Array>();
  const packs: { readonly pack: Float32Array; readonly views: readonly Float32Array[] }[] = [];
  for (const part of parts) {
    const ofPart = part === 'parameters' ? specs : momentSpecs;
    const flat = part === 'parameters' ? state.parameters : state.moments[part];
    const views = viewsOf(ofPart, checked(part, flat, parameterCount(ofPart)));
    for (const slab of layout.slabs) {
      const members = slab.members.map((spec) => views.get(spec.name)!);
      const array = isView(slab) ? members[0]! : new Float32Array(slab.length);
      if (!isView(slab)) packs.push({ pack: array, views: members });
      arrays.set(`${part} ${slab.name}`, array);
    }
    if (part === 'parameters') for (const { name } of layout.frozen) arrays.set(`${part} ${name}`, views.get(name)!);
  }
  return {
    array: (part, name) => arrays.get(`${part} ${name}`)!,
    load: () => {
      for (const { pack, views } of packs) {
        let at = 0;
        for (const view of views) {
          pack.set(view, at);
          at += view.length;
        }
      }
    },
    save: () => {
      for (const { pack, views } of packs) {
        let at = 0;
        for (const view of views) {
          view.set(pack.subarray(at, at + view.length));
          at += view.length;
        }
      }
    },
  };
}

function isView(slab: Slab): boolean {
  return slab.members.length === 1;
}

function viewsOf(specs: readonly ParameterSpec[], flat: Float32Array): ReadonlyMap<string, Float32Array> {
  let at = 0;
  return new Map(specs.map(({ name, shape }) => [name, flat.subarray(at, (at += size(shape)))]));
}

function checked(part: string, flat: Float32Array | undefined, count: number): Float32Array {
  if (flat?.length === count) return flat;
  throw new NerError(
    'E_SHAPE_MISMATCH',
    `createStepper: '${part}' of the state do not fit the parameters, got ${flat?.length ?? 0} numbers; expected ${count}.`,
  );
}
