import type { Dim, Shape } from './dim.ts';
import type { OpName } from './ops/index.ts';

/** Element types of the IR, spelt as in ONNX's text form. Those of eight bits are for quantised products. */
export type DType = 'float32' | 'bfloat16' | 'int32' | 'int64' | 'int8' | 'uint8' | 'bool';

/**
 * What is known of a tensor before it is computed. `value` is set for int64 scalars and vectors of at most
 * MAX_KNOWN_VALUES elements that are constants or made of axis lengths: it is what keeps Shape -> Gather -> Concat ->
 * Reshape fully typed with symbolic lengths.
 */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly value?: readonly Dim[];
}

/** Longest int64 vector whose elements are followed: Split cuts the flat parameters of a model into some hundreds. */
export const MAX_KNOWN_VALUES = 1024;

/** A tensor of a graph. Its identity is the object; `name` is set on graph inputs and is a hint elsewhere. */
export interface Value {
  readonly kind: 'value';
  readonly type: TensorType;
  readonly name?: string;
}

/** Elements of a constant, one array type per dtype; bool is a byte a element, 0 or 1, and bfloat16 its 16 bits. */
export type ConstantData = Float32Array | Uint16Array | Int32Array | BigInt64Array | Int8Array | Uint8Array;

/** A tensor whose elements are in the graph. */
export interface Constant {
  readonly value: Value;
  readonly data: ConstantData;
}

export type Attribute = number | string | readonly number[] | Graph;
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operation. `undefined` among the inputs is an optional input left out. */
export interface Node {
  readonly op: OpName;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

export interface GraphOutput {
  readonly name: string;
  readonly value: Value;
}

/** A closed, typed program in order of evaluation. Bodies of Scan are graphs too, with captured values as inputs. */
export interface Graph {
  readonly kind: 'graph';
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly GraphOutput[];
}

/** The ONNX opset that graphs are written for. */
export const OPSET = 20;

export function makeValue(type: TensorType, name?: string): Value {
  return Object.freeze({ kind: 'value', type: freezeType(type), ...(name === undefined ? {} : { name }) });
}

export function makeNode(node: Node): Node {
  return Object.freeze({
    op: node.op,
    inputs: Object.freeze([...node.inputs]),
    outputs: Object.freeze([...node.outputs]),
    attributes: Object.freeze({ ...node.attributes }),
  });
}

export function makeGraph(graph: Omit<Graph, 'kind'>): Graph {
  return Object.freeze({
    kind: 'graph',
    name: graph.name,
    inputs: Object.freeze([...graph.inputs]),
    constants: Object.freeze([...graph.constants]),
    nodes: Object.freeze([...graph.nodes]),
    outputs: Object.freeze(graph.outputs.map((output) => Object.freeze({ ...output }))),
  });
}

export function isFloat(type: TensorType): boolean {
  return type.dtype === 'float32' || type.dtype === 'bfloat16';
}

export function isGraph(attribute: Attribute | undefined): attribute is Graph {
  return typeof attribute === 'object' && 'kind' in attribute;
}

/** The bodies among a node's attributes: one for a Scan, none for anything else. */
export function bodiesOf(node: Node): readonly Graph[] {
  return Object.values(node.attributes).filter(isGraph);
}

function freezeType(type: TensorType): TensorType {
  if (Object.isFrozen(type)) return type;
  const { dtype, shape, value } = type;
  const frozen = { dtype, shape: Object.freeze([...shape]) };
  return Object.freeze(value === undefined ? frozen : { ...frozen, value: Object.freeze([...value]) });
}
