import { NerError } from '../../shared/ner-error.ts';
import { formatShape, sameShape } from './dim.ts';
import { bodiesOf, OPSET, type Constant, type Graph, type Node, type TensorType, type Value } from './ir.ts';
import { constantType } from './builder.ts';
import { countOf, holds } from './nd-array.ts';
import { inferTypes } from './op-def.ts';
import { isOpName, opDef } from './ops/index.ts';

/**
 * Checks every invariant of the IR, bodies included, and returns the graph: each value is defined once and before its
 * uses; ops exist, belong to the opset and have the inputs, attributes and types that their rows say; constants hold
 * what their types say; names of inputs and outputs are unique.
 *
 * @throws E_GRAPH_INVALID names the graph, the node and the invariant
 */
export function verify(graph: Graph): Graph {
  const defined = new Set<Value>();
  const fail = (message: string): never => {
    throw new NerError('E_GRAPH_INVALID', `verify: graph '${graph.name}': ${message}`);
  };
  const define = (value: Value, what: string): void => {
    if (defined.has(value)) fail(`${what} defines a value that is defined already; expected each value once`);
    defined.add(value);
  };
  graph.inputs.forEach((input, i) => {
    define(input, `input ${i}`);
  });
  for (const constant of graph.constants) {
    define(constant.value, 'a constant');
    checkConstant(constant, fail);
  }
  graph.nodes.forEach((node, i) => {
    const what = `node ${i} (${node.op})`;
    for (const input of node.inputs) {
      if (input && !defined.has(input)) fail(`${what} uses a value that is not defined before it`);
    }
    checkNode(node, (message) => fail(`${what} ${message}`));
    for (const output of node.outputs) define(output, what);
    bodiesOf(node).forEach(verify);
  });
  for (const { name, value } of graph.outputs) {
    if (!defined.has(value)) fail(`output '${name}' is a value that is not defined`);
  }
  checkNames(
    'outputs',
    graph.outputs.map((output) => output.name),
    fail,
  );
  return graph;
}

/** Names of a whole graph's inputs, which callers feed by name; those of a body are looked up by place. */
export function verifyNames(graph: Graph): Graph {
  const fail = (message: string): never => {
    throw new NerError('E_GRAPH_INVALID', `verify: graph '${graph.name}': ${message}`);
  };
  checkNames(
    'inputs',
    graph.inputs.map((input) => input.name ?? ''),
    fail,
  );
  return graph;
}

function checkNames(what: string, names: readonly string[], fail: (message: string) => never): void {
  if (names.some((name) => name === '')) fail(`${what} have empty names; expected a name each`);
  if (new Set(names).size < names.length)
    fail(`${what} have equal names, got ${names.join(', ')}; expected unique ones`);
}

function checkNode(node: Node, fail: (message: string) => never): void {
  if (!isOpName(node.op)) fail('is no op of the table');
  const def = opDef(node.op);
  if (def.domain === undefined && def.sinceOpset > OPSET) {
    fail(`needs opset ${def.sinceOpset}; expected at most ${OPSET}`);
  }
  let types: readonly TensorType[];
  try {
    types = inferTypes(
      node.op,
      def,
      node.inputs.map((input) => input?.type),
      node.attributes,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NerError('E_GRAPH_INVALID', `verify: node ${node.op} does not fit its inputs: ${reason}`, {
      cause: error,
    });
  }
  if (types.length !== node.outputs.length) fail(`has ${node.outputs.length} outputs; expected ${types.length}`);
  types.forEach((type, i) => {
    const declared = node.outputs[i]!.type;
    if (!sameType(type, declared)) fail(`declares output ${i} as ${typeText(declared)}; expected ${typeText(type)}`);
  });
}

function checkConstant({ value, data }: Constant, fail: (message: string) => never): void {
  const { dtype, shape } = value.type;
  if (!holds(dtype, data)) fail(`a constant of ${dtype} holds a ${data.constructor.name}`);
  if (!shape.every((dim) => typeof dim === 'number')) fail(`a constant has symbolic axes, got ${formatShape(shape)}`);
  const lengths = shape;
  if (data.length !== countOf(lengths)) {
    fail(`a constant has ${data.length} elements; expected ${countOf(lengths)} for ${formatShape(shape)}`);
  }
  if (!sameType(value.type, constantType(dtype, lengths, data)))
    fail(`a constant's known elements are not its elements`);
}

function sameType(a: TensorType, b: TensorType): boolean {
  const known = a.value === undefined || b.value === undefined ? a.value === b.value : sameShape(a.value, b.value);
  return a.dtype === b.dtype && sameShape(a.shape, b.shape) && known;
}

function typeText({ dtype, shape, value }: TensorType): string {
  return `${dtype}${formatShape(shape)}${value ? ` of [${value.join(', ')}]` : ''}`;
}
