import { NerError } from '../../shared/ner-error.ts';
import { roundToBfloat16 } from './bfloat16.ts';
import { evaluateDim, formatShape } from './dim.ts';
import type { Graph, Node, Value } from './ir.ts';
import { fromConstantData, ndArray, type NdArray } from './nd-array.ts';
import { opDef } from './ops/index.ts';

/**
 * Computes a graph in float64 with the reference definition of each op: slow, exact, and independent of onnxruntime. For
 * tests, debugging and constant folding.
 *
 * @throws E_SHAPE_MISMATCH a feed is missing or does not have the declared shape, or a symbol gets two lengths
 * @throws E_DTYPE_MISMATCH a feed has another dtype
 */
export function interpret(graph: Graph, feeds: Readonly<Record<string, NdArray>>): Readonly<Record<string, NdArray>> {
  const lengths = new Map<string, number>();
  const inputs = graph.inputs.map((input) => {
    const feed = feeds[input.name ?? ''];
    if (feed === undefined) {
      const got = Object.keys(feeds).join(', ');
      throw new NerError(
        'E_SHAPE_MISMATCH',
        `interpret: input '${input.name ?? ''}' is missing, got ${got || 'nothing'}`,
      );
    }
    bindSymbols(input, feed, lengths);
    return feed;
  });
  graph.inputs.forEach((input, i) => {
    checkFeed(input, inputs[i]!, lengths);
  });
  const outputs = runGraph(graph, inputs);
  return Object.fromEntries(graph.outputs.map(({ name }, i) => [name, outputs[i]!]));
}

/** Learns the lengths of symbols that stand alone on an axis; the first feed that has one decides. */
function bindSymbols(input: Value, feed: NdArray, lengths: Map<string, number>): void {
  input.type.shape.forEach((dim, axis) => {
    const length = feed.shape[axis];
    if (typeof dim === 'string' && length !== undefined && !lengths.has(dim)) lengths.set(dim, length);
  });
}

function checkFeed(input: Value, feed: NdArray, lengths: ReadonlyMap<string, number>): void {
  const { dtype, shape } = input.type;
  const name = input.name ?? '';
  if (feed.dtype !== dtype) {
    throw new NerError(
      'E_DTYPE_MISMATCH',
      `interpret: input '${name}' has another type, got ${feed.dtype}; expected ${dtype}`,
    );
  }
  const fits =
    feed.shape.length === shape.length && shape.every((dim, axis) => evaluateDim(dim, lengths) === feed.shape[axis]);
  if (!fits) {
    const known = [...lengths].map(([symbol, length]) => `${symbol} = ${length}`).join(', ');
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `interpret: input '${name}' has another shape, got ${formatShape(feed.shape)}; expected ${formatShape(shape)}` +
        (known === '' ? '' : ` with ${known}`),
    );
  }
}

function runGraph(graph: Graph, inputs: readonly NdArray[]): readonly NdArray[] {
  const values = new Map<Value, NdArray>();
  graph.inputs.forEach((input, i) => values.set(input, inputs[i]!));
  for (const { value, data } of graph.constants) {
    values.set(value, ndArray(value.type.dtype, value.type.shape as readonly number[], fromConstantData(data)));
  }
  for (const node of graph.nodes) {
    const results = evaluateNode(
      node,
      node.inputs.map((input) => input && values.get(input)!),
    );
    node.outputs.forEach((output, i) => values.set(output, results[i]!));
  }
  return graph.outputs.map(({ value }) => values.get(value)!);
}

/** The outputs of one node for computed inputs. */
export function evaluateNode(node: Node, inputs: readonly (NdArray | undefined)[]): readonly NdArray[] {
  const types = node.outputs.map((output) => output.type);
  const results = opDef(node.op).evaluate({
    x: inputs as readonly NdArray[],
    optional: inputs,
    attributes: node.attributes,
    types,
    run: runGraph,
  });
  // Kernels for bfloat16 compute in float32 and round what they give.
  return results.map((result, i) => (types[i]!.dtype === 'bfloat16' ? rounded(result) : result));
}

function rounded({ shape, data }: NdArray): NdArray {
  return { dtype: 'bfloat16', shape, data: data.map(roundToBfloat16) };
}
