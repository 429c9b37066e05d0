import fc from 'fast-check';
import { fromBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { fromBfloat16Bits, roundToBfloat16, toBfloat16Bits } from '../../../training/engine/bfloat16.ts';
import {
  add,
  bfloat16,
  cast,
  float32,
  gemm,
  interpret,
  logSoftmax,
  matMul,
  mul,
  ndArray,
  optimize,
  print,
  toOnnx,
  trace,
  verify,
} from '../../../training/engine/index.ts';
import { bfloat16Ops } from '../../../training/engine/ops/bfloat16.ts';
import { OPSET } from '../../../training/engine/ir.ts';
import { isOpName, opDef } from '../../../training/engine/ops/index.ts';
import { cudaKernels, hasCudaKernel, qualifiedOp } from '../../support/cuda/kernels.ts';
import { expectFails } from '../../support/expect-fails.ts';

describe('rounding to bfloat16', () => {
  // 8 bits of mantissa: neighbours of 1 are 1 - 2^-8 and 1 + 2^-7.
  test.each([
    [1, 1],
    [1 + 2 ** -8, 1], // a tie goes to the even neighbour, below
    [1 + 3 * 2 ** -8, 1 + 2 ** -6], // and above
    [1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
    [Math.PI, 3.140625],
    [-0.1, -0.10009765625],
    [-0, -0],
    [3.4e38, Infinity], // nearer to 2^128 than to the greatest finite number, 2^127 (2 - 2^-7)
    [Infinity, Infinity],
    [NaN, NaN],
    [2 ** -133, 2 ** -133], // the least above 0
    [2 ** -135, 0],
  ])('takes %d to %d', (x, y) => {
    expect(roundToBfloat16(x)).toBe(y);
  });

  test('takes the nearest, which is the number itself when it has 8 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (half) => {
        const x = fromBfloat16Bits(half);
        if (!Number.isNaN(x)) expect(toBfloat16Bits(x)).toBe(half);
      }),
    );
    fc.assert(
      fc.property(fc.float({ min: 2 ** -100, max: 2 ** 100, noNaN: true }), (x) => {
        expect(Math.abs(roundToBfloat16(x) - x)).toBeLessThanOrEqual(x * 2 ** -8);
      }),
    );
  });
});

const rounded = trace('rounded', { x: float32('N', 3), w: float32(3, 2) }, ({ x, w }) => {
  const product = matMul(cast(x, 'bfloat16'), cast(w, 'bfloat16')); // [N, 2]
  return { y: cast(add(product, 1.01), 'float32') };
});

describe('bfloat16 in the engine', () => {
  test('is computed exactly and rounded after each op by the interpreter', () => {
    const x = ndArray('float32', [1, 3], [1.001, 2, 3]);
    const w = ndArray('float32', [3, 2], [1, 0.1, 1, 0.1, 1, 0.1]);
    // x is rounded to 1, 2, 3; w to 1 and 0.10009765625. 6 + 1.01 (rounded 1.0078125) = 7.0078125, rounded 7.
    // 0.6005859375 is rounded to 0.6015625; with 1.0078125 that is 1.609375, which has 8 bits.
    expect([...interpret(rounded, { x, w })['y']!.data]).toEqual([7, 1.609375]);
  });

  test('is verified, printed and written as ONNX type 16', () => {
    expect(print(verify(optimize(rounded)))).toMatchInlineSnapshot(`
      "{ lambda x:float32[N,3] w:float32[3,2] .
        let a:bfloat16[N,3] = Cast x { to=bfloat16 }
            b:bfloat16[3,2] = Cast w { to=bfloat16 }
            c:bfloat16[N,2] = MatMul a b
            d:bfloat16[N,2] = Add c 1.0078125
            e:float32[N,2] = Cast d { to=float32 }
        in ( y=e ) }"
    `);
    const { node, initializer } = fromBinary(onnx.ModelProtoSchema, toOnnx(rounded)).graph!;
    expect(node.filter(({ opType }) => opType === 'Cast').map(({ attribute }) => attribute[0]!.i)).toEqual([
      16n,
      16n,
      1n,
    ]);
    // 1.01 is 1.0078125 = 0x3f81, least byte first.
    expect(initializer[0]).toMatchObject({ dataType: 16, dims: [], rawData: Uint8Array.of(0x81, 0x3f) });
  });

  test('fails in an op that would lose too much in it, and beside float32', () => {
    const types = { x: bfloat16('N', 3), y: float32('N', 3) };
    expectFails(
      () => trace('softmax', types, ({ x }) => ({ y: logSoftmax(x, -1) })),
      'E_DTYPE_MISMATCH',
      'logSoftmax: does not take bfloat16; expected float32. Cast it first?',
    );
    expectFails(() => trace('sum', types, ({ x, y }) => ({ y: mul(x, y) })), 'E_DTYPE_MISMATCH', 'different types');
    const weight = { x: bfloat16('N', 3), w: float32(3, 2), bias: bfloat16(2) };
    expectFails(
      () => trace('product', weight, ({ x, w }) => ({ y: matMul(x, w) })),
      'E_DTYPE_MISMATCH',
      'different types',
    );
    expectFails(
      () => trace('bias', weight, ({ x, w, bias }) => ({ y: gemm(cast(x, 'float32'), w, bias) })),
      'E_DTYPE_MISMATCH',
      'the bias is bfloat16; expected float32',
    );
  });

  test('is taken only by ops that have a CUDA kernel for it', () => {
    const half = (op: string): boolean => {
      const name = isOpName(op) ? qualifiedOp(op, opDef(op).domain ?? '') : op;
      const { inputs, outputs } = cudaKernels.operands[name]!;
      const ofFloats = (names: readonly string[]): (string | undefined)[] =>
        names.map((constraint) => (['T', 'T1', 'V'].includes(constraint) ? 'bfloat16' : undefined));
      return hasCudaKernel(name, name === op ? OPSET : 1, { inputs: ofFloats(inputs), outputs: ofFloats(outputs) });
    };
    expect([...bfloat16Ops].filter((op) => !half(op))).toEqual([]);
    expect(half('LogSoftmax')).toBe(false);
  });
});
