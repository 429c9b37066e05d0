import { createPieceInput } from '../../shared/features/piece-input.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import { createRng, type Rng } from '../../shared/random.ts';
import type { TextTokenizer } from '../../shared/text/tokenizer.ts';
import { toOnnx } from '../../training/engine/index.ts';
import { quantizeProgram } from '../../training/export/quantize-program.ts';
import { servingProgram } from '../../training/export/serving-graph.ts';
import type { EncoderConfig } from '../../training/models/encoder-config.ts';
import { createEncoderTagger } from '../../training/models/encoder-tagger.ts';
import { createEncoder } from '../../training/models/transformer-encoder.ts';
import { initParameters } from '../../training/nn/parameter.ts';

/** A tagger without sense: it finds something in most tweets, so that every score counts. */
export const RANDOM_LABELS = ['O', 'B-person', 'I-person', 'B-geo-loc', 'I-geo-loc'];

export interface RandomEncoderTagger {
  readonly input: GraphInput;
  readonly fp32: Uint8Array;
  readonly int8: Uint8Array;
}

export interface RandomEncoderOptions {
  readonly config: EncoderConfig;
  readonly tokenizer: TextTokenizer;
  /** Values of the encoder's parameters that are not random. */
  readonly values?: ReadonlyMap<string, Float32Array>;
  /** What int8 is fitted to. */
  readonly sentences: readonly (readonly string[])[];
}

/** The serving graphs of an encoder with a random head. */
export async function randomEncoderTagger(options: RandomEncoderOptions): Promise<RandomEncoderTagger> {
  const { config, tokenizer, values = new Map(), sentences } = options;
  const wide = { ...config, initializerRange: 0.05 };
  const model = createEncoderTagger(createEncoder(wide), {
    head: { kind: 'linear' },
    crf: false,
    labels: RANDOM_LABELS.length,
    dropout: 0,
  });
  const fresh = initParameters(model.parameters, createRng(1, 'random encoder'));
  const program = servingProgram(model, new Map([...fresh, ...values]));
  const input = createPieceInput(tokenizer, 128);
  const quantized = await quantizeProgram(program, { sentences, input, threads: 1 });
  return {
    input,
    fp32: toOnnx(program.graph, { weights: program.weights }),
    int8: toOnnx(quantized.graph, { weights: quantized.weights }),
  };
}

/** The items in an order drawn at random, in parts of 1 to `most`. */
export function randomParts<T>(items: readonly T[], most: number, rng: Rng): readonly (readonly T[])[] {
  const order = rng.shuffle([...items]);
  const parts: T[][] = [];
  for (let from = 0; from < order.length; from += parts.at(-1)!.length) {
    parts.push(order.slice(from, from + 1 + rng.int(most)));
  }
  return parts;
}
