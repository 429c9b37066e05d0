import { NerError } from '../../shared/ner-error.ts';
import { sizeOf, termsOf, type Dim, type Shape } from './dim.ts';
import { makeNode, makeValue, MAX_KNOWN_VALUES } from './ir.ts';
import type { Attributes, Constant, ConstantData, DType, Node, TensorType, Value } from './ir.ts';
import { countOf, toConstantData } from './nd-array.ts';
import { inferTypes, type InferContext, type InputNames, type Operand } from './op-def.ts';
import { opDef, ops, type OpName } from './ops/index.ts';

type Arguments<In extends InputNames> = In extends readonly [infer Head, ...infer Rest extends InputNames]
  ? Head extends `...${string}`
    ? Operand[]
    : Head extends `${string}?`
      ? [] | [Operand | undefined, ...Arguments<Rest>]
      : [Operand, ...Arguments<Rest>]
  : [];

type AttributesOf<D> = D extends { infer(c: InferContext<infer A>): unknown } ? A : never;

type Method<D> = D extends { inputs: infer In extends InputNames; returns: infer Out }
  ? (
      ...args: keyof AttributesOf<D> extends never ? Arguments<In> : [...Arguments<In>, AttributesOf<D>]
    ) => Out extends 'one' ? Value : readonly Value[]
  : never;

type OpMethods = { readonly [K in OpName]: Method<(typeof ops)[K]> };

/** What rules build with: one method per op, spelt as in ONNX, and a few that make constants and shapes. */
export interface Builder extends OpMethods {
  constant(dtype: DType, shape: readonly number[], data: ConstantData): Value;
  /** A scalar of the dtype of `like`. */
  scalar(value: number, like: TensorType): Value;
  int64(value: number): Value;
  /** The int64 vector of the given lengths; symbols are read from inputs of the graph that carry them. */
  dims(dims: readonly Dim[]): Value;
  /** A tensor filled with one number. */
  full(value: number, dtype: DType, shape: Shape): Value;
  zerosLike(x: Value): Value;
  /** `x` as another element type: nothing if it has it already, else Cast. */
  as(x: Value, dtype: DType): Value;
  /** `x` with this shape: nothing if it has it already, else Reshape. */
  reshape(x: Value, shape: Shape): Value;
  /** Sums a broadcast value back to `shape`. */
  sumTo(x: Value, shape: Shape): Value;
}

/** A graph under construction. Bodies of Scan have the enclosing scope as `parent` and capture its values. */
export interface Scope {
  readonly b: Builder;
  readonly parent: Scope | undefined;
  readonly depth: number;
  readonly inputs: Value[];
  readonly constants: Constant[];
  readonly nodes: Node[];
  /** Outer value to the input that stands for it here, in order of first use. */
  readonly captures: Map<Value, Value>;
  addInput(type: TensorType, name?: string): Value;
  owns(value: Value): boolean;
  /** The value as seen from this scope: itself, or the input that captures it. */
  resolve(value: Value): Value;
  emit(op: OpName, inputs: readonly (Operand | undefined)[], attributes: Attributes): readonly Value[];
  /** Appends a node made elsewhere; its inputs must be known here. */
  adopt(node: Node): void;
  adoptConstant(constant: Constant): void;
  /** Puts another node with the same and perhaps more outputs in the place of one of this scope. */
  replace(node: Node, by: Node): void;
}

export function createScope(parent?: Scope): Scope {
  const owned = new Set<Value>();
  const captures = new Map<Value, Value>();
  const own = (value: Value): Value => {
    owned.add(value);
    return value;
  };
  const scope: Scope = {
    b: undefined as unknown as Builder,
    parent,
    depth: parent === undefined ? 0 : parent.depth + 1,
    inputs: [],
    constants: [],
    nodes: [],
    captures,
    addInput(type, name) {
      const value = own(makeValue(type, name));
      scope.inputs.push(value);
      return value;
    },
    owns: (value) => owned.has(value),
    resolve(value) {
      if (owned.has(value)) return value;
      const known = captures.get(value);
      if (known !== undefined) return known;
      if (parent === undefined) {
        throw new NerError(
          'E_GRAPH_INVALID',
          'trace: a tensor of another graph is used here; expected inputs of this graph and what is computed from them. ' +
            'Pass it as an input of trace, or of the scan body it is used in',
        );
      }
      parent.resolve(value);
      const captured = own(makeValue(value.type, value.name));
      captures.set(value, captured);
      return captured;
    },
    emit(op, operands, attributes) {
      const inputs = toValues(scope, operands);
      const types = inferTypes(
        op,
        opDef(op),
        inputs.map((input) => input?.type),
        attributes,
      );
      const outputs = types.map((type) => own(makeValue(type)));
      scope.nodes.push(makeNode({ op, inputs, outputs, attributes }));
      return outputs;
    },
    adopt(node) {
      node.outputs.forEach(own);
      scope.nodes.push(node);
    },
    adoptConstant(constant) {
      own(constant.value);
      scope.constants.push(constant);
    },
    replace(node, by) {
      by.outputs.forEach(own);
      scope.nodes[scope.nodes.indexOf(node)] = by;
    },
  };
  return Object.assign(scope, { b: createBuilder(scope) });
}

function toValues(scope: Scope, operands: readonly (Operand | undefined)[]): (Value | undefined)[] {
  // A number takes the dtype of its tensor neighbour; conditions (bool) are no neighbours of numbers.
  const like = operands.find((x): x is Value => isValue(x) && x.type.dtype !== 'bool')?.type;
  return operands.map((operand) => {
    if (operand === undefined) return undefined;
    if (isValue(operand)) return scope.resolve(operand);
    if (typeof operand === 'number') return scope.b.scalar(operand, like ?? { dtype: 'float32', shape: [] });
    return scope.b.constant('int64', [operand.length], toConstantData('int64', operand));
  });
}

export function isValue(x: unknown): x is Value {
  return typeof x === 'object' && x !== null && 'kind' in x && x.kind === 'value';
}

function createBuilder(scope: Scope): Builder {
  const methods: Record<string, (...args: (Operand | undefined | Attributes)[]) => Value | readonly Value[]> = {};
  for (const op of Object.keys(ops) as OpName[]) {
    const def = opDef(op);
    const takesAttributes = Object.keys(def.attributes).length > 0;
    methods[op] = (...args) => {
      const attributes = takesAttributes ? (args.at(-1) as Attributes) : {};
      const operands = (takesAttributes ? args.slice(0, -1) : args) as (Operand | undefined)[];
      while (operands.length > 0 && operands.at(-1) === undefined) operands.pop();
      const outputs = scope.emit(op, operands, attributes);
      return def.returns === 'one' ? outputs[0]! : outputs;
    };
  }
  // The mapped type says of each method what the loop above makes of its row.
  const b = methods as unknown as Builder;
  return Object.assign(b, shapeMethods(scope, b));
}

function shapeMethods(scope: Scope, b: Builder): Omit<Builder, OpName> {
  const lengths = new Map<string, Value>();
  /** A vector of one element holding a symbol's length, read once per scope. */
  const lengthOf = (symbol: string): Value => {
    let length = lengths.get(symbol);
    if (length === undefined) {
      length = findLength(scope, symbol);
      if (length === undefined) {
        throw new NerError(
          'E_SHAPE_MISMATCH',
          `dims: no tensor of the graph has an axis of length '${symbol}'; expected an input with that axis`,
        );
      }
      lengths.set(symbol, length);
    }
    return length;
  };
  const computeDim = (dim: Dim): Value => {
    let sum: Value | undefined;
    for (const [coefficient, symbols] of termsOf(dim)) {
      let product: Value | undefined;
      for (const symbol of symbols) product = product ? b.Mul(product, lengthOf(symbol)) : lengthOf(symbol);
      if (product === undefined) product = b.constant('int64', [1], BigInt64Array.of(BigInt(coefficient)));
      else if (coefficient !== 1) product = b.Mul(product, [coefficient]);
      sum = sum ? b.Add(sum, product) : product;
    }
    return sum ?? b.constant('int64', [1], BigInt64Array.of(0n));
  };
  return {
    constant(dtype, shape, data) {
      const value = makeValue(constantType(dtype, shape, data));
      scope.adoptConstant(Object.freeze({ value, data }));
      return value;
    },
    scalar: (value, like) => b.constant(like.dtype, [], toConstantData(like.dtype, [value])),
    int64: (value) => b.constant('int64', [], BigInt64Array.of(BigInt(value))),
    dims(dims) {
      const parts: Value[] = [];
      for (let at = 0; at < dims.length;) {
        let end = at;
        while (end < dims.length && typeof dims[end] === 'number') end++;
        if (end > at)
          parts.push(b.constant('int64', [end - at], toConstantData('int64', dims.slice(at, end) as number[])));
        if (end < dims.length) parts.push(computeDim(dims[end]!));
        at = end + 1;
      }
      if (parts.length === 0) return b.constant('int64', [0], new BigInt64Array(0));
      return parts.length === 1 ? parts[0]! : b.Concat(...parts, { axis: 0 });
    },
    full(value, dtype, shape) {
      const scalar = b.scalar(value, { dtype, shape: [] });
      return shape.length === 0 ? scalar : b.Expand(scalar, b.dims(shape));
    },
    zerosLike: (x) => b.full(0, x.type.dtype, x.type.shape),
    as: (x, dtype) => (x.type.dtype === dtype ? x : b.Cast(x, { to: dtype })),
    reshape: (x, shape) => reshapeTo(b, x, shape),
    sumTo: (x, shape) => sumTo(b, x, shape),
  };
}

/** The type of a constant; short int64 vectors carry their elements. */
export function constantType(dtype: DType, shape: readonly number[], data: ConstantData): TensorType {
  const known = dtype === 'int64' && shape.length <= 1 && countOf(shape) <= MAX_KNOWN_VALUES;
  return known ? { dtype, shape, value: Array.from(data, Number) } : { dtype, shape };
}

/** A vector of one element with the length of `symbol`, read from whatever carries it, as far out as can be. */
function findLength(scope: Scope, symbol: string): Value | undefined {
  const read = (values: readonly Value[]): Value | undefined => {
    for (const value of values) {
      const axis = value.type.shape.indexOf(symbol);
      if (axis >= 0) return scope.b.Shape(value, { start: axis, end: axis + 1 });
    }
    return undefined;
  };
  const fromInputs = read([...scope.inputs, ...scope.captures.values()]);
  if (fromInputs !== undefined) return fromInputs;
  const outer = scope.parent && findLength(scope.parent, symbol);
  return outer ? scope.resolve(outer) : read(scope.nodes.flatMap((node) => node.outputs));
}

/** Reshape with a constant target where it can be had: at most one -1, 0 where a symbolic axis stays in its place. */
function reshapeTo(b: Builder, x: Value, shape: Shape): Value {
  const from = x.type.shape;
  if (shape.length === from.length && shape.every((dim, i) => dim === from[i])) return x;
  const target = shape.map((dim, i) => (typeof dim === 'number' ? dim : dim === from[i] ? 0 : dim));
  const open = target.filter((dim) => typeof dim === 'string').length;
  // Reshape's 0 copies a length, so a true length of 0 cannot be written beside it; and -1 would take any number of
  // elements, so one that does not fit goes the long way, to be refused.
  if (open > 1 || shape.includes(0) || sizeOf(shape) !== sizeOf(from)) return b.Reshape(x, b.dims(shape));
  return b.Reshape(
    x,
    target.map((dim) => (typeof dim === 'string' ? -1 : dim)),
  );
}

function sumTo(b: Builder, x: Value, shape: Shape): Value {
  const from = x.type.shape;
  const lead = from.length - shape.length;
  const axes = from.flatMap((dim, i) => (i < lead || (shape[i - lead] === 1 && dim !== 1) ? [i] : []));
  if (axes.length === 0) return x;
  const kept = b.ReduceSum(x, axes, { keepdims: lead === 0 ? 1 : 0 });
  return lead === 0 ? kept : b.reshape(kept, shape);
}
