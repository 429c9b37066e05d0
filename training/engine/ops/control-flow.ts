import { formatShape, sameShape, type Dim } from '../dim.ts';
import type { Graph, TensorType } from '../ir.ts';
import { countOf, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef } from '../op-def.ts';

export type ScanAttributes = {
  /** Inputs: states, then slices of scan inputs, then captured values. Outputs: next states, then what is stacked. */
  readonly body: Graph;
  readonly states: number;
  /** One per scan input: 0 reads from the start, 1 from the end. */
  readonly inputDirections: readonly number[];
  /** One per scan output: 0 stacks from the start, 1 from the end. */
  readonly outputDirections: readonly number[];
};

/** The operands of a Scan, or the inputs of its body, by role. */
export function scanParts<T>(
  operands: readonly T[],
  { states, inputDirections }: Pick<ScanAttributes, 'states' | 'inputDirections'>,
): { readonly states: readonly T[]; readonly inputs: readonly T[]; readonly captures: readonly T[] } {
  const end = states + inputDirections.length;
  return { states: operands.slice(0, states), inputs: operands.slice(states, end), captures: operands.slice(end) };
}

function fits(inner: TensorType, outer: TensorType): boolean {
  return inner.dtype === outer.dtype && sameShape(inner.shape, outer.shape);
}

function show(type: TensorType): string {
  return `${type.dtype}${formatShape(type.shape)}`;
}

function infer(c: InferContext<ScanAttributes>): readonly TensorType[] {
  const { body, states, inputDirections, outputDirections } = c.attributes;
  if (inputDirections.length === 0) c.shapeError('there is nothing to scan over; expected one scan input or more');
  if (body.inputs.length !== c.x.length || body.outputs.length !== states + outputDirections.length) {
    c.shapeError(`the body does not fit, got ${body.inputs.length} inputs and ${body.outputs.length} outputs`);
  }
  const outer = scanParts(c.x, c.attributes);
  const inner = scanParts(body.inputs, c.attributes);
  const length =
    outer.inputs[0]!.shape[0] ?? c.shapeError('a scan input is a scalar; expected a leading axis to scan over');
  outer.inputs.forEach((type, i) => {
    if (type.shape[0] !== length || !fits(inner.inputs[i]!.type, { dtype: type.dtype, shape: type.shape.slice(1) })) {
      c.shapeError(
        `scan input ${i} does not fit, got ${show(type)}; expected ${length} slices of ${show(inner.inputs[i]!.type)}`,
      );
    }
  });
  outer.states.forEach((type, i) => {
    const next = body.outputs[i]!.value.type;
    if (!fits(inner.states[i]!.type, type) || !fits(next, type)) {
      c.shapeError(
        `state '${body.outputs[i]!.name}' changes, got ${show(type)} at first and ${show(next)} after a step; expected the same`,
      );
    }
  });
  outer.captures.forEach((type, i) => {
    if (!fits(inner.captures[i]!.type, type))
      c.shapeError(`captured value ${i} is ${show(type)} outside; expected ${show(inner.captures[i]!.type)}`);
  });
  return body.outputs.map(({ value: { type } }, i): TensorType => {
    const shape: readonly Dim[] = i < states ? type.shape : [length, ...type.shape];
    return { dtype: type.dtype, shape };
  });
}

function evaluate(c: EvaluateContext<ScanAttributes>): readonly NdArray[] {
  const { body, inputDirections, outputDirections } = c.attributes;
  const { states: initial, inputs, captures } = scanParts(c.x, c.attributes);
  const length = inputs[0]!.shape[0]!;
  let states = initial;
  const stacks: (NdArray | undefined)[] = outputDirections.map(() => undefined);
  for (let step = 0; step < length; step++) {
    const slices = inputs.map(({ dtype, shape, data }, i) => {
      const size = countOf(shape.slice(1));
      const at = inputDirections[i] === 1 ? length - 1 - step : step;
      return { dtype, shape: shape.slice(1), data: data.slice(at * size, (at + 1) * size) };
    });
    const results = c.run(body, [...states, ...slices, ...captures]);
    states = results.slice(0, initial.length);
    results.slice(initial.length).forEach(({ dtype, shape, data }, i) => {
      const stack = (stacks[i] ??= { dtype, shape: [length, ...shape], data: new Float64Array(length * data.length) });
      stack.data.set(data, (outputDirections[i] === 1 ? length - 1 - step : step) * data.length);
    });
  }
  return [...states, ...stacks.map((stack, i) => stack ?? emptyStack(c.types[initial.length + i]!))];
}

/** What a scan of no steps stacks; symbolic lengths beside the first count as 0 too. */
function emptyStack({ dtype, shape }: TensorType): NdArray {
  return {
    dtype,
    shape: shape.map((dim, i) => (i > 0 && typeof dim === 'number' ? dim : 0)),
    data: new Float64Array(0),
  };
}

/**
 * Runs a body once per slice along the first axis of the scan inputs, handing the states on and stacking the other
 * outputs. The body sees captured outer values as its last inputs; ONNX sees them by name. The gradient is a Scan the
 * other way round, built in scan-gradient.ts because it changes the forward node too (it has to stack what the gradient
 * needs).
 */
export const Scan: OpDef<['...operands'], ScanAttributes, 'many'> = {
  inputs: ['...operands'],
  outputs: 'any',
  returns: 'many',
  attributes: { body: 'graph', states: 'int', inputDirections: 'ints', outputDirections: 'ints' },
  sinceOpset: 11,
  infer,
  vjp: null,
  why: 'grad.ts hands it to scan-gradient.ts',
  evaluate,
};
