import { createScope, type Scope } from '../builder.ts';
import { isFloat, makeGraph, type DType, type Graph, type Node, type Value } from '../ir.ts';
import type { OpName } from '../ops/index.ts';

/** Computed in bfloat16 where an operand depends on a parameter. */
const PRODUCTS: ReadonlySet<OpName> = new Set(['FusedMatMul', 'Gemm', 'MatMul']);

/** Computed in bfloat16 where all their floats are bfloat16 already: they move numbers, or cost more memory than sums. */
const FOLLOWERS: ReadonlySet<OpName> = new Set([
  'Add',
  'Concat',
  'Expand',
  'Gelu',
  'Identity',
  'Neg',
  'Reshape',
  'Shape',
  'Split',
  'Squeeze',
  'Sub',
  'Transpose',
  'Unsqueeze',
]);

/**
 * The same graph with its matrix products in bfloat16, and with them what follows from products alone (bias, gelu, heads
 * side by side). All else stays in float32, between casts: normalisation, softmax, dropout, sums with a float32, loops. The
 * inputs and outputs keep their types, so parameters are float32 and are rounded where a product reads them.
 *
 * To be applied to a forward pass before it is differentiated: the gradient of a product is then made of products in
 * bfloat16, and the gradient of the cast hands it to the parameter as float32. This is what torch calls autocast (torch
 * 2.10, torch/amp), and keeps apart what must be exact: products that depend on no parameter, such as those that hash
 * dropout masks, are left alone, as is all that is computed outside of the graph (loss, clipping, optimiser).
 *
 * @param parameters inputs of the graph
 */
export function productsInBfloat16(graph: Graph, parameters: ReadonlySet<Value>): Graph {
  const scope = createScope();
  const converter = createConverter(scope);
  const map = new Map<Value, Value>();
  for (const input of graph.inputs) map.set(input, scope.addInput(input.type, input.name));
  const scalars = new Set<Value>();
  for (const { value, data } of graph.constants) {
    map.set(value, scope.b.constant(value.type.dtype, value.type.shape as readonly number[], data));
    if (data.length === 1) scalars.add(map.get(value)!);
  }
  const trained = new Set<Value>(parameters);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => input && map.get(input)!);
    const depends = node.inputs.some((input) => input && trained.has(input));
    const dtype = (depends && PRODUCTS.has(node.op)) || follows(node, inputs, scalars) ? 'bfloat16' : 'float32';
    const outputs = scope.emit(
      node.op,
      inputs.map((input) => input && converter(input, dtype)),
      node.attributes,
    );
    node.outputs.forEach((output, i) => {
      map.set(output, outputs[i]!);
      if (depends) trained.add(output);
    });
  }
  return makeGraph({
    name: graph.name,
    inputs: scope.inputs,
    constants: scope.constants,
    nodes: scope.nodes,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: converter(map.get(value)!, value.type.dtype) })),
  });
}

function follows({ op }: Node, inputs: readonly (Value | undefined)[], scalars: ReadonlySet<Value>): boolean {
  const floats = inputs.filter((input) => input !== undefined && isFloat(input.type) && !scalars.has(input));
  return FOLLOWERS.has(op) && floats.length > 0 && floats.every((input) => input!.type.dtype === 'bfloat16');
}

/** Gives a float in either precision, each value cast at most once; what is no float is left as it is. */
function createConverter(scope: Scope): (value: Value, dtype: DType) => Value {
  const other = new Map<Value, Value>();
  return (value, dtype) => {
    if (!isFloat(value.type) || value.type.dtype === dtype) return value;
    const known = other.get(value);
    if (known !== undefined) return known;
    const cast = scope.b.Cast(value, { to: dtype });
    other.set(value, cast);
    return cast;
  };
}
