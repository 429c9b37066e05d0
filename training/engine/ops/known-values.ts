import type { Dim } from '../dim.ts';
import type { TensorType } from '../ir.ts';
import type { InferContext } from '../op-def.ts';

/** The elements of an int64 input that has to be known, such as a target shape; lengths may be symbolic. */
export function knownDims(c: InferContext, type: TensorType, what: string): readonly Dim[] {
  if (type.dtype !== 'int64') c.dtypeError(`the ${what} are ${type.dtype}; expected int64`);
  return type.value ?? c.shapeError(`the ${what} are not known; expected int64 constants or lengths of axes`);
}

/** The same where only numbers will do, such as axes. */
export function knownNumbers(c: InferContext, type: TensorType, what: string): readonly number[] {
  const dims = knownDims(c, type, what);
  if (!dims.every((dim) => typeof dim === 'number')) {
    c.shapeError(`the ${what} are symbolic, got [${dims.join(', ')}]; expected numbers`);
  }
  return dims;
}
