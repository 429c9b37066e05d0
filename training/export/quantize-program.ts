import type { GraphInput } from '../../shared/model/graph-input.ts';
import { NerError } from '../../shared/ner-error.ts';
import { quantizeProducts, weightProducts, type Program, type Value } from '../engine/index.ts';
import { measureRanges } from './activation-ranges.ts';
import { chooseQuantizer } from './choose-quantizer.ts';

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

/** A few hundred sentences show what activations there are. */
const MEASURED_SENTENCES = 512;

/**
 * The program with its larger products in integers of eight bits, by scales measured on sentences like those to be tagged.
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
  const activations = [...new Set(large.map(({ activation }) => activation))];
  const measured = sentences.slice(0, MEASURED_SENTENCES);
  const ranges = await measureRanges(program, { activations, sentences: measured, input, threads });
  const quantizers = [...ranges].map(([activation, range]) => [activation, chooseQuantizer(range)] as const);
  return quantizeProducts(program, new Map<Value, ReturnType<typeof chooseQuantizer>>(quantizers));
}
