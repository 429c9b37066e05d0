import { sameShape, broadcastShapes } from '../dim.ts';
import { bodiesOf, makeGraph, makeNode, makeValue, type Constant, type Graph, type Node, type Value } from '../ir.ts';
import { evaluateNode } from '../interpret.ts';
import { countOf, fromConstantData, ndArray, toConstantData, type NdArray } from '../nd-array.ts';
import { constantType } from '../builder.ts';
import type { OpName } from '../ops/index.ts';
import { rewrite, type View } from './rewrite.ts';

/** Larger results stay computed: a tensor of zeros is cheaper to make than to store and load. */
const FOLDED_ELEMENTS = 1024;

/**
 * Computes what is known before the graph runs (shapes and expressions of constants) and drops operations that change
 * nothing: x + 0, x * 1, Reshape to the same shape, Expand before an operation that broadcasts anyway, and the like.
 */
export function foldConstants(graph: Graph): Graph {
  const rule = (node: Node, view: View): readonly Value[] | Node | undefined => {
    if (bodiesOf(node).length > 0) return undefined;
    return foldKnown(node, view) ?? foldComputed(node, view) ?? dropIdentity(node, view) ?? skipExpand(node, view);
  };
  return rewrite(sinkLengths(graph), rule, { body: foldConstants });
}

/** Body inputs whose elements are known become constants of the body. */
function sinkLengths(graph: Graph): Graph {
  const known = graph.inputs.filter((input) => input.type.value?.every((dim) => typeof dim === 'number'));
  if (known.length === 0) return graph;
  const constants = new Map<Value, Constant>();
  const map = new Map<Value, Value>();
  for (const input of known) {
    const data = toConstantData('int64', input.type.value as readonly number[]);
    const value = makeValue(constantType('int64', input.type.shape as readonly number[], data));
    constants.set(value, { value, data });
    map.set(input, value);
  }
  const current = (value: Value): Value => map.get(value) ?? value;
  return makeGraph({
    ...graph,
    constants: [...constants.values(), ...graph.constants],
    nodes: graph.nodes.map((node) =>
      makeNode({ ...node, inputs: node.inputs.map((input) => input && current(input)) }),
    ),
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: current(value) })),
  });
}

/** Lengths that inference found out. */
function foldKnown(node: Node, view: View): readonly Value[] | undefined {
  const { type } = node.outputs[0]!;
  if (node.outputs.length !== 1 || !type.value?.every((dim) => typeof dim === 'number')) return undefined;
  const data = toConstantData('int64', type.value);
  return [view.addConstant('int64', type.shape as readonly number[], data)];
}

/** Nodes all of whose inputs are constants. */
function foldComputed(node: Node, view: View): readonly Value[] | undefined {
  const inputs = node.inputs.map((input) => view.constantOf(input));
  const complete = node.inputs.every((input, i) => input === undefined || inputs[i] !== undefined);
  const small = node.outputs.every(({ type: { shape } }) => isSmall(shape));
  if (!complete || !small) return undefined;
  const results = evaluateNode(
    node,
    inputs.map((constant) => constant && arrayOf(constant)),
  );
  return results.map(({ dtype, shape, data }) => view.addConstant(dtype, shape, toConstantData(dtype, data)));
}

function isSmall(shape: readonly (number | string)[]): boolean {
  return shape.every((dim) => typeof dim === 'number') && countOf(shape) <= FOLDED_ELEMENTS;
}

function arrayOf({ value, data }: Constant): NdArray {
  return ndArray(value.type.dtype, value.type.shape as readonly number[], fromConstantData(data));
}

type Identities = { readonly [Op in OpName]?: (node: Node, view: View) => readonly (Value | undefined)[] };

const always = ({ inputs: [x] }: Node): readonly (Value | undefined)[] => [x];

/** Candidates for the operand that a node returns unchanged, provided that the shape is right. */
const identities: Identities = {
  Identity: always,
  Reshape: always,
  Expand: always,
  Cast: ({ inputs: [x], attributes }) => [x?.type.dtype === attributes['to'] ? x : undefined],
  Transpose: ({ inputs: [x], attributes }) => [
    (attributes['perm'] as readonly number[]).every((axis, i) => axis === i) ? x : undefined,
  ],
  Add: ({ inputs: [a, b] }, view) => [
    isFilledWith(view, b, 0) ? a : undefined,
    isFilledWith(view, a, 0) ? b : undefined,
  ],
  Mul: ({ inputs: [a, b] }, view) => [
    isFilledWith(view, b, 1) ? a : undefined,
    isFilledWith(view, a, 1) ? b : undefined,
  ],
  Sub: ({ inputs: [a, b] }, view) => [isFilledWith(view, b, 0) ? a : undefined],
  Div: ({ inputs: [a, b] }, view) => [isFilledWith(view, b, 1) ? a : undefined],
};

function dropIdentity(node: Node, view: View): readonly Value[] | undefined {
  const { shape } = node.outputs[0]!.type;
  const same = identities[node.op]?.(node, view).find((x) => x !== undefined && sameShape(x.type.shape, shape));
  return same && [same];
}

/** True for a constant of only this number, broadcast or not. */
function isFilledWith(view: View, value: Value | undefined, number: number): boolean {
  const producer = view.producerOf(value);
  if (producer?.op === 'Expand') return isFilledWith(view, producer.inputs[0], number);
  const constant = view.constantOf(value);
  return (
    constant !== undefined &&
    constant.data.length <= FOLDED_ELEMENTS &&
    fromConstantData(constant.data).every((x) => x === number)
  );
}

/** Arithmetic broadcasts by itself: an expanded operand is taken as it was where the result keeps its shape. */
function skipExpand(node: Node, view: View): Node | undefined {
  if (!['Add', 'Sub', 'Mul', 'Div'].includes(node.op)) return undefined;
  const shape = node.outputs[0]!.type.shape;
  const inputs = [...node.inputs] as Value[];
  for (const [i, other] of [1, 0].entries()) {
    const producer = view.producerOf(inputs[i]);
    const source = producer?.op === 'Expand' ? producer.inputs[0] : undefined;
    const joint = source && broadcastShapes(source.type.shape, inputs[other]!.type.shape);
    if (source && joint && sameShape(joint, shape)) inputs[i] = source;
  }
  return inputs.some((input, i) => input !== node.inputs[i]) ? makeNode({ ...node, inputs }) : undefined;
}
