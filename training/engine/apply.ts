import type { Attributes, Value } from './ir.ts';
import type { OpName } from './ops/index.ts';
import { deepest, tensorOf, type Tensor } from './trace.ts';

/** What a tensor function takes: numbers become scalars of the type of the other operand. */
export type TensorLike = Tensor | number;

/** Appends one op to the innermost graph among those of the operands; integer arrays become int64 vectors. */
export function applyMany(
  op: OpName,
  operands: readonly (TensorLike | readonly number[] | Value | undefined)[],
  attributes: Attributes = {},
): readonly Tensor[] {
  const tensors = operands.filter((x): x is Tensor => typeof x === 'object' && 'kind' in x && x.kind === 'tensor');
  const scope = deepest(
    op,
    tensors.map((tensor) => tensor.scope),
  );
  const values = operands.map((x) => (typeof x === 'object' && 'kind' in x && x.kind === 'tensor' ? x.value : x));
  return scope.emit(op, values, attributes).map((value) => tensorOf(scope, value));
}

/** The same for ops of one output. */
export function apply(...args: Parameters<typeof applyMany>): Tensor {
  return applyMany(...args)[0]!;
}
