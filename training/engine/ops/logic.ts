import { broadcastShapes, formatShape, type Shape } from '../dim.ts';
import { isFloat, type DType } from '../ir.ts';
import { broadcastStrides, countOf, forEachIndex } from '../nd-array.ts';
import type { OpDef } from '../op-def.ts';
import {
  mapElements,
  sameDtypeBroadcast,
  zipElements,
  type Binary,
  type NoAttributes,
  type Unary,
} from './elementwise.ts';

const WHY_BOOL = 'the output is bool';

/** A comparison of two numbers. */
function comparison(f: (a: number, b: number) => boolean, sinceOpset: number): Binary {
  return {
    inputs: ['a', 'b'],
    outputs: 1,
    returns: 'one',
    attributes: {},
    sinceOpset,
    infer: (c) => [{ dtype: 'bool', shape: sameDtypeBroadcast(c).shape }],
    vjp: null,
    why: WHY_BOOL,
    evaluate: (c) => [zipElements(c, (a, b) => Number(f(a, b)))],
  };
}

/** A connective of two bools. */
function connective(f: (a: boolean, b: boolean) => boolean): Binary {
  return {
    ...comparison((a, b) => f(a !== 0, b !== 0), 7),
    infer: (c) => {
      const type = sameDtypeBroadcast(c);
      if (type.dtype !== 'bool') c.dtypeError(`does not take ${type.dtype}; expected bool`);
      return [type];
    },
  };
}

/** y = (a == b), for any dtype. */
export const Equal: Binary = comparison((a, b) => a === b, 13);
/** y = (a > b). */
export const Greater: Binary = comparison((a, b) => a > b, 13);
/** y = (a >= b). */
export const GreaterOrEqual: Binary = comparison((a, b) => a >= b, 16);
/** y = (a < b). */
export const Less: Binary = comparison((a, b) => a < b, 13);
/** y = (a <= b). */
export const LessOrEqual: Binary = comparison((a, b) => a <= b, 16);
/** y = a and b. */
export const And: Binary = connective((a, b) => a && b);
/** y = a or b. */
export const Or: Binary = connective((a, b) => a || b);

/** y = not x. */
export const Not: Unary = {
  inputs: ['x'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 1,
  infer: (c) => {
    const { dtype, shape } = c.x[0]!;
    if (dtype !== 'bool') c.dtypeError(`does not take ${dtype}; expected bool`);
    return [{ dtype, shape }];
  },
  vjp: null,
  why: WHY_BOOL,
  evaluate: (c) => [mapElements(c, (x) => (x === 0 ? 1 : 0))],
};

/** y = a where the condition holds, otherwise b. Not for bool: onnxruntime has no kernel for it. */
export const Where: OpDef<['condition', 'a', 'b'], NoAttributes, 'one'> = {
  inputs: ['condition', 'a', 'b'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 16,
  infer: (c) => {
    const [condition, a, b] = [c.x[0]!, c.x[1]!, c.x[2]!];
    if (condition.dtype !== 'bool') c.dtypeError(`the condition is ${condition.dtype}; expected bool`);
    if (a.dtype !== b.dtype)
      c.dtypeError(`the choices differ in type, got ${a.dtype} and ${b.dtype}; expected the same`);
    if (a.dtype === 'bool') c.dtypeError('does not choose between bools; expected numbers. Use and, or, not');
    const inner = broadcastShapes(a.shape, b.shape);
    const shape = inner && broadcastShapes(condition.shape, inner);
    const got = [condition, a, b].map((type) => formatShape(type.shape)).join(', ');
    return [
      {
        dtype: a.dtype,
        shape: shape ?? c.shapeError(`shapes do not broadcast, got ${got}; expected equal lengths or 1`),
      },
    ];
  },
  vjp: ({ b, dy, x, wants }) => [
    null,
    wants(1) ? b.Where(x[0]!, dy, 0) : null,
    wants(2) ? b.Where(x[0]!, 0, dy) : null,
  ],
  evaluate: (c) => {
    const [condition, a, b] = [c.x[0]!, c.x[1]!, c.x[2]!];
    const shape = [a, b, condition].reduce<Shape>((s, x) => broadcastShapes(s, x.shape)!, []) as readonly number[];
    const data = new Float64Array(countOf(shape));
    forEachIndex(
      shape,
      [condition, a, b].map((x) => broadcastStrides(x.shape, shape)),
      (i, [p, q, r]) => {
        data[i] = condition.data[p!] === 0 ? b.data[r!]! : a.data[q!]!;
      },
    );
    return [{ dtype: a.dtype, shape, data }];
  },
};

/** y = x converted: float to integer truncates, number to bool is x != 0. Lengths stay known in int64. */
export const Cast: OpDef<['x'], { readonly to: DType }, 'one'> = {
  inputs: ['x'],
  outputs: 1,
  returns: 'one',
  attributes: { to: 'string' },
  sinceOpset: 13,
  infer: (c) => {
    const { dtype, shape, value } = c.x[0]!;
    const { to } = c.attributes;
    return [to === 'int64' && dtype === 'int64' && value ? { dtype: to, shape, value } : { dtype: to, shape }];
  },
  vjp: ({ b, dy, x }) => [b.Cast(dy, { to: x[0]!.type.dtype })],
  evaluate: (c) => {
    const { to } = c.attributes;
    if (isFloat(c.types[0]!)) return [mapElements(c, (x) => x)];
    return [mapElements(c, to === 'bool' ? (x) => Number(x !== 0) : Math.trunc)];
  },
};

/** y = a mod b for integers, with the sign of b (Python's %, ONNX fmod = 0). */
export const Mod: Binary = {
  inputs: ['a', 'b'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 13,
  infer: (c) => {
    const type = sameDtypeBroadcast(c);
    if (type.dtype !== 'int64' && type.dtype !== 'int32')
      c.dtypeError(`does not take ${type.dtype}; expected int32 or int64`);
    return [type];
  },
  vjp: null,
  why: 'the output is an integer',
  evaluate: (c) => [zipElements(c, (a, b) => a - b * Math.floor(a / b))],
};
