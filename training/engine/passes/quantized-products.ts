import { makeNode, makeValue, type Node, type TensorType, type Value } from '../ir.ts';
import { dropDeadCode } from './dead-code.ts';
import { rewrite, type View } from './rewrite.ts';
import { weightProduct, withoutUnread, type Program, type WeightProduct } from './weight-products.ts';

/** How an activation becomes integers: q = round(x multiplier / scale) + zero, within [0, 255]. */
export interface Quantizer {
  readonly scale: number;
  readonly zero: number;
  /** By channel, the last axis; the weights are divided by it. Default: 1 everywhere, and no multiplication. */
  readonly multiplier?: Float32Array | undefined;
}

/** The greatest number of eight bits with its negative; -128 has none, and so is left out. */
const MOST = 127;

/**
 * The same program with products by weights in integers of eight bits: activations unsigned, by the scales given, and weights
 * signed, with a scale for each column that its greatest weight fills. An activation that several products read is made
 * integers once. Products whose activation has no quantizer stay as they are, as do those within loops.
 */
export function quantizeProducts(program: Program, quantizers: ReadonlyMap<Value, Quantizer>): Program {
  const integers = new Map<Value, Value>();
  const quantized = rewrite(
    program.graph,
    (node, view) => {
      const product = weightProduct(node, program);
      const quantizer = product && quantizers.get(product.activation);
      if (product !== undefined && quantizer !== undefined)
        return integerProduct(node, { product, quantizer, program, view, integers });
      return withBias(node, program, view);
    },
    { body: (graph) => graph },
  );
  return withoutUnread({ graph: dropDeadCode(quantized), weights: program.weights });
}

interface Place {
  readonly product: WeightProduct;
  readonly quantizer: Quantizer;
  readonly program: Program;
  readonly view: View;
  /** Activations that are integers already. */
  readonly integers: Map<Value, Value>;
}

function integerProduct(node: Node, { product, quantizer, program, view, integers }: Place): Node {
  const { activation, weight, nIn, nOut, bias } = product;
  const { multiplier, scale, zero } = quantizer;
  const rows = rowsByColumn(program.weights[weight.name!]!, product); // [nIn, nOut]
  if (multiplier !== undefined) rows.forEach((_, i) => (rows[i]! /= multiplier[Math.floor(i / nOut)]!));
  const { values, scales } = columnsOfEightBits(rows, [nIn, nOut]);
  const zeroPoint = view.addConstant('uint8', [], Uint8Array.of(zero));
  const scaleOf = view.addConstant('float32', [], Float32Array.of(scale));
  const known = integers.get(activation) ?? quantize(activation, multiplier, { view, scaleOf, zeroPoint });
  integers.set(activation, known);
  return makeNode({
    op: 'MatMulIntegerToFloat',
    inputs: [
      known,
      view.addConstant('int8', [nIn, nOut], values),
      scaleOf,
      view.addConstant('float32', [nOut], scales),
      zeroPoint,
      ...(bias === undefined ? [] : [undefined, bias]),
    ],
    outputs: node.outputs,
    attributes: {},
  });
}

/** The weights of a product as [nIn, nOut], a copy. */
export function rowsByColumn(weights: Float32Array, { nIn, nOut, isTransposed }: WeightProduct): Float32Array {
  if (!isTransposed) return weights.slice();
  const rows = new Float32Array(weights.length);
  for (let column = 0; column < nOut; column++) {
    for (let row = 0; row < nIn; row++) rows[row * nOut + column] = weights[column * nIn + row]!;
  }
  return rows;
}

/** Each column in signed eight bits, with its scale: weight = value scale. */
function columnsOfEightBits(
  weights: Float32Array,
  [nIn, nOut]: readonly [nIn: number, nOut: number],
): { readonly values: Int8Array; readonly scales: Float32Array } {
  const scales = new Float32Array(nOut);
  for (let i = 0; i < nIn * nOut; i++) scales[i % nOut] = Math.max(scales[i % nOut]!, Math.abs(weights[i]!) / MOST);
  // A column of zeros has no greatest weight; any scale does.
  scales.forEach((scale, column) => (scales[column] = scale === 0 ? 1 : scale));
  const values = Int8Array.from(weights, (weight, i) => Math.round(weight / scales[i % nOut]!));
  return { values, scales };
}

interface QuantizePlace {
  readonly view: View;
  readonly scaleOf: Value;
  readonly zeroPoint: Value;
}

function quantize(x: Value, multiplier: Float32Array | undefined, { view, scaleOf, zeroPoint }: QuantizePlace): Value {
  const insert = (op: 'Mul' | 'QuantizeLinear', inputs: readonly Value[], dtype: TensorType['dtype']): Value => {
    const node = makeNode({ op, inputs, outputs: [makeValue({ dtype, shape: x.type.shape })], attributes: {} });
    view.insert(node);
    return node.outputs[0]!;
  };
  const scaled =
    multiplier === undefined
      ? x
      : insert('Mul', [x, view.addConstant('float32', [multiplier.length], multiplier)], 'float32');
  return insert('QuantizeLinear', [scaled, scaleOf, zeroPoint], 'uint8');
}

/** A bias that is added to an integer product joins it: the kernel adds it as it scales. */
function withBias(node: Node, { weights }: Program, view: View): Node | undefined {
  if (node.op !== 'Add') return undefined;
  const [a, b] = node.inputs as readonly [Value, Value];
  const found = [[a, b] as const, [b, a] as const].find(
    ([sum, bias]) =>
      view.producerOf(sum)?.op === 'MatMulIntegerToFloat' &&
      view.producerOf(sum)!.inputs.length === 5 &&
      bias.name !== undefined &&
      Object.hasOwn(weights, bias.name) &&
      bias.type.shape.length === 1,
  );
  if (found === undefined) return undefined;
  const product = view.producerOf(found[0])!;
  return makeNode({ ...product, inputs: [...product.inputs, undefined, found[1]], outputs: node.outputs });
}
