import { NerError, type ErrorCode } from '../../shared/ner-error.ts';
import type { Builder } from './builder.ts';
import type { Attribute, Attributes, Graph, TensorType, Value } from './ir.ts';
import type { NdArray } from './nd-array.ts';
import { bfloat16Ops } from './ops/bfloat16.ts';

/** Kinds of ONNX attributes that rows use. */
export type AttributeKind = 'int' | 'ints' | 'float' | 'string' | 'graph';

/** What an input may be when a rule calls the builder: numbers become scalars, arrays of integers int64 vectors. */
export type Operand = Value | number | readonly number[];

/** Names of inputs: `'x'`, optional `'bias?'` (at the end), or repeated `'...parts'` (alone or at the end). */
export type InputNames = readonly string[];

interface OpBase<In extends InputNames, A extends Attributes, Out extends 'one' | 'many'> {
  readonly inputs: In;
  /** Whether the builder's method returns one value or a list. */
  readonly returns: Out;
  /** Number of outputs; 'any' for ops whose number depends on the attributes. */
  readonly outputs: number | 'any';
  /** Outputs after this number are left out of the ONNX node when nothing uses them. */
  readonly requiredOutputs?: number;
  readonly attributes: { readonly [K in keyof A]-?: AttributeKind };
  /** First opset that has the op as we write it. */
  readonly sinceOpset: number;
  readonly domain?: 'com.microsoft';
  /** Types of the outputs. Throws through `c.fail` when the inputs do not fit. */
  infer(c: InferContext<A>): readonly TensorType[];
  /** The float64 reference: what the op computes. */
  evaluate(c: EvaluateContext<A>): readonly NdArray[];
}

interface Differentiable<A extends Attributes> {
  /**
   * Vector-Jacobian product: one gradient per input, null where there is none. It may have the broadcast shape of the
   * output: grad.ts sums it down to the shape of the input, and sums over uses.
   */
  vjp(c: VjpContext<A>): readonly (Value | null)[];
}

interface NotDifferentiable {
  readonly vjp: null;
  /** Why there is no gradient. */
  readonly why: string;
}

/**
 * All that is known of one op. `In` lists its inputs and `A` its attributes, which together type the builder's method;
 * `Out` says whether that method returns one value or several.
 */
export type OpDef<
  In extends InputNames = InputNames,
  A extends Attributes = Attributes,
  Out extends 'one' | 'many' = 'one' | 'many',
> = OpBase<In, A, Out> & (Differentiable<A> | NotDifferentiable);

export interface InferContext<A extends Attributes = Attributes> {
  readonly op: string;
  /** Types of the inputs, in order. Required ones are there: arity is checked before. */
  readonly x: readonly TensorType[];
  /** The same with `undefined` for optional inputs left out. */
  readonly optional: readonly (TensorType | undefined)[];
  readonly attributes: A;
  /** @throws E_SHAPE_MISMATCH with `<op>: <message>`. */
  shapeError(message: string): never;
  /** @throws E_DTYPE_MISMATCH with `<op>: <message>`. */
  dtypeError(message: string): never;
}

export interface VjpContext<A extends Attributes = Attributes> {
  readonly b: Builder;
  /** The inputs; an optional one left out throws when it is read through `input`. */
  readonly x: readonly Value[];
  readonly optional: readonly (Value | undefined)[];
  /** The first output and its gradient. */
  readonly y: Value;
  readonly dy: Value;
  readonly ys: readonly Value[];
  /** Gradients of all outputs, undefined where nothing depends on the output. */
  readonly dys: readonly (Value | undefined)[];
  readonly attributes: A;
  /** False where the gradient of input i is not asked for: a rule may then return null for it. */
  readonly wants: (i: number) => boolean;
}

export interface EvaluateContext<A extends Attributes = Attributes> {
  readonly x: readonly NdArray[];
  readonly optional: readonly (NdArray | undefined)[];
  readonly attributes: A;
  /** Declared types of the outputs. */
  readonly types: readonly TensorType[];
  /** Evaluates a body graph on its inputs in order. */
  readonly run: (body: Graph, inputs: readonly NdArray[]) => readonly NdArray[];
}

/** The least and greatest number of inputs. */
export function arityOf(inputs: InputNames): readonly [least: number, most: number] {
  const least = inputs.filter((name) => !name.endsWith('?') && !name.startsWith('...')).length;
  return [least, inputs.some((name) => name.startsWith('...')) ? Infinity : inputs.length];
}

/** The name that model code knows an op by: `MatMul` is called as `matMul`. */
export function callName(op: string): string {
  return op.charAt(0).toLowerCase() + op.slice(1);
}

/**
 * Infers the output types of one application of a row.
 * @throws E_GRAPH_INVALID wrong number of inputs or wrong attributes; E_SHAPE_MISMATCH, E_DTYPE_MISMATCH from the row.
 */
export function inferTypes(
  op: string,
  def: OpDef,
  inputs: readonly (TensorType | undefined)[],
  attributes: Attributes,
): readonly TensorType[] {
  const fail = (code: ErrorCode, message: string): never => {
    throw new NerError(code, `${callName(op)}: ${message}`);
  };
  const [least, most] = arityOf(def.inputs);
  const given = inputs.filter((type) => type !== undefined).length;
  if (inputs.length > most || inputs.slice(0, least).filter((type) => type !== undefined).length < least) {
    fail('E_GRAPH_INVALID', `wrong number of inputs, got ${given}; expected ${def.inputs.join(', ')}`);
  }
  checkAttributes(def, attributes, (message) => fail('E_GRAPH_INVALID', message));
  if (inputs.some((type) => type?.dtype === 'bfloat16') && !bfloat16Ops.has(op)) {
    fail('E_DTYPE_MISMATCH', 'does not take bfloat16; expected float32. Cast it first?');
  }
  return def.infer({
    op,
    x: inputs as readonly TensorType[],
    optional: inputs,
    attributes,
    shapeError: (message) => fail('E_SHAPE_MISMATCH', message),
    dtypeError: (message) => fail('E_DTYPE_MISMATCH', message),
  });
}

function checkAttributes(def: OpDef, attributes: Attributes, fail: (message: string) => never): void {
  const names = Object.keys(def.attributes);
  for (const name of Object.keys(attributes)) {
    if (!names.includes(name)) fail(`unknown attribute '${name}'; expected ${names.join(', ') || 'none'}`);
  }
  for (const name of names) {
    const kind = def.attributes[name]!;
    const attribute = attributes[name];
    if (attribute === undefined) fail(`attribute '${name}' is missing; expected ${kind}`);
    if (!fits(kind, attribute)) fail(`attribute '${name}' is not ${kind}, got ${JSON.stringify(attribute)}`);
  }
}

function fits(kind: AttributeKind, attribute: Attribute): boolean {
  switch (kind) {
    case 'int':
      return Number.isInteger(attribute);
    case 'float':
      return typeof attribute === 'number';
    case 'ints':
      return Array.isArray(attribute) && attribute.every(Number.isInteger);
    case 'string':
      return typeof attribute === 'string';
    case 'graph':
      return typeof attribute === 'object' && 'kind' in attribute;
  }
}
