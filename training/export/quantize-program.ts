import type { GraphInput } from '../../shared/model/graph-input.ts';
import { NerError } from '../../shared/ner-error.ts';
import {
  quantizeProducts,
  quantizeTables,
  rowsByColumn,
  weightProducts,
  type Program,
  type WeightProduct,
} from '../engine/index.ts';
import { measureActivations } from './activation-statistics.ts';
import { chooseQuantizer, type JoinedWeights } from './choose-quantizer.ts';

export interface QuantizeOptions {
  /** What activations are measured on. */
  readonly sentences: readonly (readonly string[])[];
  readonly input: GraphInput;
  readonly threads: number;
}

/**
 * Products of fewer columns, such as a classifier's, gain less in eight bits than quantising what they read costs, and label
 * scores are what rounding shows in first.
 */
const LEAST_COLUMNS = 32;

/** Tables of fewer numbers, 4 MB, are not worth the two operations that turn integers back. */
const LEAST_TABLE = 2 ** 20;

/** A few hundred sentences show what activations there are. */
const MEASURED_SENTENCES = 512;

/**
 * The program with its larger products and tables in integers of eight bits, by scales measured on sentences like those to be tagged.
 *
 * @throws {E_USAGE} no product is large enough
 */
export async function quantizeProgram(
  program: Program,
  { sentences, input, threads }: QuantizeOptions,
): Promise<Program> {
  const large = weightProducts(program).filter(({ nOut }) => nOut >= LEAST_COLUMNS);
  if (large.length === 0) {
    throw new NerError(
      'E_USAGE',
      `export: the model is too small for int8, got no product of ${LEAST_COLUMNS} columns or more. Serve it in fp32.`,
    );
  }
  const products = Map.groupBy(large, ({ activation }) => activation);
  const statistics = await measureActivations(program, {
    activations: [...products.keys()],
    sentences: sentences.slice(0, MEASURED_SENTENCES),
    input,
    threads,
  });
  const quantizers = [...statistics].map(
    ([activation, measured]) =>
      [activation, chooseQuantizer(measured, joinedWeights(products.get(activation)!, program))] as const,
  );
  return quantizeTables(quantizeProducts(program, new Map(quantizers)), LEAST_TABLE);
}

/** The weights of products of one activation side by side. */
function joinedWeights(products: readonly WeightProduct[], { weights }: Program): JoinedWeights {
  const nOut = products.reduce((sum, product) => sum + product.nOut, 0);
  const data = new Float32Array(products[0]!.nIn * nOut);
  let from = 0;
  for (const product of products) {
    const rows = rowsByColumn(weights[product.weight.name!]!, product);
    for (let row = 0; row < product.nIn; row++) {
      data.set(rows.subarray(row * product.nOut, (row + 1) * product.nOut), row * nOut + from);
    }
    from += product.nOut;
  }
  return { data, nOut };
}
