import type { OpDef } from '../op-def.ts';
import * as activation from './activation.ts';
import * as controlFlow from './control-flow.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import * as joining from './joining.ts';
import * as linearAlgebra from './linear-algebra.ts';
import * as logic from './logic.ts';
import * as normalization from './normalization.ts';
import * as quantization from './quantization.ts';
import * as reduction from './reduction.ts';
import * as shape from './shape.ts';

/** Exports of a family that are rows; a family may export functions for another one beside them. */
type Rows<Family> = { readonly [K in keyof Family as Family[K] extends OpDef ? K : never]: Family[K] };

type Table = Rows<typeof activation> &
  Rows<typeof controlFlow> &
  Rows<typeof elementwise> &
  Rows<typeof indexing> &
  Rows<typeof joining> &
  Rows<typeof linearAlgebra> &
  Rows<typeof logic> &
  Rows<typeof normalization> &
  Rows<typeof quantization> &
  Rows<typeof reduction> &
  Rows<typeof shape>;

function rowsOf<Family extends object>(family: Family): Rows<Family> {
  return Object.fromEntries(Object.entries(family).filter(([, row]) => typeof row === 'object')) as Rows<Family>;
}

/** Every op of the engine, by its ONNX name: an exported row of a family is in the table. */
export const ops: Table = {
  ...rowsOf(activation),
  ...rowsOf(controlFlow),
  ...rowsOf(elementwise),
  ...rowsOf(indexing),
  ...rowsOf(joining),
  ...rowsOf(linearAlgebra),
  ...rowsOf(logic),
  ...rowsOf(normalization),
  ...rowsOf(quantization),
  ...rowsOf(reduction),
  ...rowsOf(shape),
};

export type OpName = keyof Table;

/** A row of the table without what is special to it. */
export function opDef(op: OpName): OpDef {
  return ops[op];
}

export function isOpName(name: string): name is OpName {
  return Object.hasOwn(ops, name);
}
