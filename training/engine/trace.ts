import { NerError } from '../../shared/ner-error.ts';
import { createScope, type Scope } from './builder.ts';
import { formatShape, normalizeDim, sameShape, type Dim, type Shape } from './dim.ts';
import { makeGraph, type DType, type Graph, type TensorType, type Value } from './ir.ts';
import { countOf, toConstantData } from './nd-array.ts';
import { outermost, within } from './scope-stack.ts';

/**
 * A traced tensor: what model code computes with. Each function on tensors appends one or more nodes to the graph under
 * construction; nothing is computed until the graph runs.
 */
export interface Tensor {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape: Shape;
  /** For the engine: the value and the graph it belongs to. */
  readonly value: Value;
  readonly scope: Scope;
}

/** Tensors by name: parameters, optimiser states, outputs. */
export type Tensors = Readonly<Record<string, Tensor>>;

export function tensorOf(scope: Scope, value: Value): Tensor {
  return Object.freeze({ kind: 'tensor', dtype: value.type.dtype, shape: value.type.shape, value, scope });
}

/** The type of a float32 tensor; symbols name lengths that are not known yet: `float32('B', 'T', 64)`. */
export function float32(...shape: Dim[]): TensorType {
  return { dtype: 'float32', shape: shape.map(normalizeDim) };
}

/** Half as many bits as float32 with the same range and 8 bits of mantissa; for what runs on a GPU only. */
export function bfloat16(...shape: Dim[]): TensorType {
  return { dtype: 'bfloat16', shape: shape.map(normalizeDim) };
}

export function int64(...shape: Dim[]): TensorType {
  return { dtype: 'int64', shape: shape.map(normalizeDim) };
}

export function int32(...shape: Dim[]): TensorType {
  return { dtype: 'int32', shape: shape.map(normalizeDim) };
}

export function bool(...shape: Dim[]): TensorType {
  return { dtype: 'bool', shape: shape.map(normalizeDim) };
}

/**
 * Records what `fn` computes from inputs of the given types as a graph. Names of inputs and outputs are kept, in the
 * order of the records' keys.
 *
 * @throws E_GRAPH_INVALID a tensor of another trace is used, or there are no outputs
 * @throws E_SHAPE_MISMATCH, E_DTYPE_MISMATCH an operation does not fit its operands
 */
export function trace<In extends string>(
  name: string,
  inputs: Readonly<Record<In, TensorType>>,
  fn: (x: Readonly<Record<In, Tensor>>) => Tensors,
): Graph {
  const scope = createScope();
  const entries = Object.entries<TensorType>(inputs);
  const tensors = entries.map(([key, type]) => [key, tensorOf(scope, scope.addInput(type, key))] as const);
  const outputs = within(scope, () => fn(Object.fromEntries(tensors) as Record<In, Tensor>));
  if (Object.keys(outputs).length === 0) {
    throw new NerError('E_GRAPH_INVALID', `trace: '${name}' returns nothing; expected at least one output`);
  }
  return graphOf(scope, name, outputs);
}

/** The graph that a scope has become, with these outputs. */
export function graphOf(scope: Scope, name: string, outputs: Tensors): Graph {
  return makeGraph({
    name,
    inputs: [...scope.inputs, ...scope.captures.values()],
    constants: scope.constants,
    nodes: scope.nodes,
    outputs: Object.entries(outputs).map(([key, tensor]) => ({ name: key, value: scope.resolve(tensor.value) })),
  });
}

/** A tensor with the given elements, in row-major order. A Float32Array is used as it is, not copied. */
export function constant(type: TensorType, data: readonly number[] | Float32Array): Tensor {
  const shape = type.shape;
  if (!isStatic(shape)) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `constant: the shape is symbolic, got [${shape.join(', ')}]; expected numbers`,
    );
  }
  if (data.length !== countOf(shape)) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `constant: wrong number of elements, got ${data.length}; expected ${countOf(shape)} for [${shape.join(', ')}]`,
    );
  }
  const scope = outermost('constant');
  const elements = data instanceof Float32Array && type.dtype === 'float32' ? data : toConstantData(type.dtype, data);
  return tensorOf(scope, scope.b.constant(type.dtype, shape, elements));
}

function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

/**
 * Runs a graph made by `trace` on tensors: its nodes are copied into the graph under construction.
 * @throws E_GRAPH_INVALID an input is missing; E_SHAPE_MISMATCH, E_DTYPE_MISMATCH an input has another type.
 */
export function call(graph: Graph, inputs: Tensors): Tensors {
  const scope = deepest(
    'call',
    Object.values(inputs).map((tensor) => tensor.scope),
  );
  const map = new Map<Value, Value>();
  for (const input of graph.inputs) {
    const given = inputs[input.name ?? ''];
    if (given === undefined) {
      throw new NerError(
        'E_GRAPH_INVALID',
        `call: input '${input.name ?? ''}' of '${graph.name}' is missing, got ${Object.keys(inputs).join(', ')}`,
      );
    }
    checkType(graph, input, given);
    map.set(input, scope.resolve(given.value));
  }
  inline(scope, graph, map);
  return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, tensorOf(scope, map.get(value)!)]));
}

/** A graph is typed for good when it is traced: its inner shapes hold for the declared inputs only. */
function checkType(graph: Graph, { name, type }: Value, given: Tensor): void {
  if (given.dtype === type.dtype && sameShape(given.shape, type.shape)) return;
  throw new NerError(
    given.dtype === type.dtype ? 'E_SHAPE_MISMATCH' : 'E_DTYPE_MISMATCH',
    `call: input '${name ?? ''}' of '${graph.name}' has another type, got ${given.dtype}${formatShape(given.shape)}; ` +
      `expected ${type.dtype}${formatShape(type.shape)}`,
  );
}

/** Emits the constants and nodes of a graph into a scope; `map` says what its inputs are, and learns all its values. */
export function inline(scope: Scope, graph: Pick<Graph, 'constants' | 'nodes'>, map: Map<Value, Value>): void {
  for (const { value, data } of graph.constants) {
    map.set(value, scope.b.constant(value.type.dtype, value.type.shape as readonly number[], data));
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => input && map.get(input)!);
    const outputs = scope.emit(node.op, inputs, node.attributes);
    node.outputs.forEach((output, i) => map.set(output, outputs[i]!));
  }
}

/** The innermost of the scopes that operands come from: what depends on outer tensors only is computed outside. */
export function deepest(caller: string, scopes: readonly Scope[]): Scope {
  return (
    scopes.reduce<Scope | undefined>((a, b) => (a === undefined || b.depth > a.depth ? b : a), undefined) ??
    outermost(caller)
  );
}
