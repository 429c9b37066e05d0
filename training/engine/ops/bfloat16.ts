import type { OpName } from './index.ts';

/**
 * Ops that take bfloat16: those that the forward and the backward pass of a product's neighbourhood are made of, and for
 * which onnxruntime has CUDA kernels (a test compares them with its table). Sums of many terms, exponentials and logarithms
 * are left out where eight bits would lose what is computed: they take float32.
 */
const OPS = [
  'Add',
  'Cast',
  'Concat',
  'Expand',
  'FusedMatMul',
  'Gelu',
  'Gemm',
  'Identity',
  'MatMul',
  'Mul',
  'Neg',
  'ReduceSum',
  'Reshape',
  'Shape',
  'Split',
  'Squeeze',
  'Sub',
  'Transpose',
  'Unsqueeze',
] as const satisfies readonly OpName[];

export const bfloat16Ops: ReadonlySet<string> = new Set(OPS);
