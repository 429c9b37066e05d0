import { createScope } from './builder.ts';
import { makeGraph, type Value } from './ir.ts';
import { productsInBfloat16 } from './passes/products-in-bfloat16.ts';
import { innermost, within } from './scope-stack.ts';
import { inline, tensorOf, type Tensor, type Tensors } from './trace.ts';

/**
 * What `fn` computes from the parameters, with its matrix products in bfloat16 and all else in float32; see
 * `productsInBfloat16`. It may use any other tensor of the trace. The result is float32, and so are the gradients of the
 * parameters.
 *
 * Shapes: those that `fn` gives.
 */
export function inBfloat16(parameters: Tensors, fn: (parameters: Tensors) => Tensor): Tensor {
  const scope = innermost('inBfloat16');
  // Traced apart, as the body of a Scan is, to be rewritten before its nodes join the graph. What depends on no parameter
  // is computed outside, and is no concern of ours.
  const inner = createScope(scope);
  const inside = Object.entries(parameters).map(([name, { value }]) => [name, inner.resolve(value)] as const);
  const result = within(inner, () =>
    fn(Object.fromEntries(inside.map(([name, value]) => [name, tensorOf(inner, value)]))),
  );
  const graph = makeGraph({
    name: 'bfloat16',
    inputs: [...inner.captures.values()],
    constants: inner.constants,
    nodes: inner.nodes,
    outputs: [{ name: 'result', value: inner.resolve(result.value) }],
  });
  const rewritten = productsInBfloat16(graph, new Set(inside.map(([, value]) => value)));
  const outer = [...inner.captures.keys()];
  const map = new Map<Value, Value>(rewritten.inputs.map((input, i) => [input, scope.resolve(outer[i]!)]));
  inline(scope, rewritten, map);
  return tensorOf(scope, map.get(rewritten.outputs[0]!.value)!);
}
