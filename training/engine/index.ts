/**
 * The engine: a model is written once, as functions over traced tensors, and everything else is made from the graph.
 *
 *     trace -> Graph -> gradients (inside the trace) or gradientGraph -> optimize -> toOnnx | interpret | print
 *
 * - `ir.ts`, `dim.ts`: the frozen graph, its types, symbolic lengths.
 * - `ops/`: one row per op, in families: inference, gradient, first opset, float64 reference. To add an op, export a
 *   row from its family and give it a test row in test/support/op-cases.ts; the compiler asks for the second.
 * - `trace.ts`, `tensor.ts`, `tensor-shape.ts`, `scan.ts`: what model code calls.
 * - `grad.ts`, `scan-gradient.ts`: reverse-mode differentiation, from graph to graph.
 * - `passes/`: constant folding, common subexpressions, dead code, products of eight-bit integers; `mixed-precision.ts`:
 *   products in bfloat16.
 * - `verify.ts`, `print.ts`: the invariants, and the text form.
 * - `interpret.ts`: float64 evaluation. `onnx.ts`: the ONNX writer.
 *
 * Within one graph a symbol such as 'B' is one length: give equal symbols to axes that are equal, and different ones to
 * all others.
 */
export type { Dim, Shape } from './dim.ts';
export { addDims, divDims, evaluateDim, formatShape, mulDims, sizeOf, subDims } from './dim.ts';
export type { Attributes, Constant, ConstantData, DType, Graph, Node, TensorType, Value } from './ir.ts';
export { OPSET } from './ir.ts';
export type { NdArray } from './nd-array.ts';
export { ndArray } from './nd-array.ts';
export type { TensorLike } from './apply.ts';
export type { Tensor, Tensors } from './trace.ts';
export { bfloat16, bool, call, constant, float32, int32, int64, trace } from './trace.ts';
export * from './tensor.ts';
export * from './tensor-shape.ts';
export type { RandomSource } from './counter-random.ts';
export { droppedShare, keepMask, uniform } from './counter-random.ts';
export type { ScanOptions, ScanResult } from './scan.ts';
export { scan } from './scan.ts';
export { gradientGraph, gradients } from './grad.ts';
export { inBfloat16 } from './mixed-precision.ts';
export { commonSubexpressions, copyTransposes, dropDeadCode, foldConstants, optimize } from './passes/index.ts';
export type { Quantizer } from './passes/quantized-products.ts';
export { quantizeProducts, rowsByColumn } from './passes/quantized-products.ts';
export { quantizeTables } from './passes/quantized-tables.ts';
export type { Program, WeightProduct } from './passes/weight-products.ts';
export { weightProducts } from './passes/weight-products.ts';
export { withOutputs } from './with-outputs.ts';
export { interpret } from './interpret.ts';
export { print } from './print.ts';
export { verify } from './verify.ts';
export type { OnnxOptions } from './onnx.ts';
export { toOnnx } from './onnx.ts';
export type { OpName } from './ops/index.ts';
export { ops } from './ops/index.ts';
