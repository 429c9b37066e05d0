import { createPieceInput, type WordsTokenizer } from '../../shared/features/piece-input.ts';
import type { Bundle } from '../../shared/model/bundle.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import { emitPieces, type PieceEmissions } from '../../shared/model/piece-emitter.ts';
import { readSafetensors, type SafetensorsFile } from '../../shared/model/safetensors.ts';
import { tweetSentences } from '../../shared/model/tweet-sentences.ts';
import { createSession } from '../../shared/ort/session.ts';
import { openTokenizer } from '../../shared/text/tokenizer.ts';
import type { Token } from '../../shared/text/tweet-tokenizer.ts';
import { cast, int64, optimize, toOnnx, trace, type TensorType } from '../engine/index.ts';
import { readEncoderConfig, type EncoderConfig } from './encoder-config.ts';
import { readWeights } from './encoder-weights.ts';
import { createEncoder } from './transformer-encoder.ts';
import { WEIGHTS_FILE } from './weight-files.ts';

/** A stretch of a text, half-open, in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Says what a stretch of a text means where it stands. */
export interface ContextualEmbedder {
  /** H. */
  readonly width: number;
  /**
   * The mean hidden state [H] of the pieces that lie in each span of each text, in the order given; undefined for a span
   * of which the encoder sees nothing.
   */
  embed(
    texts: readonly string[],
    spans: readonly (readonly TextSpan[])[],
  ): Promise<readonly (readonly (Float32Array | undefined)[])[]>;
  release(): Promise<void>;
}

/** An encoder and what it reads text with. */
export interface EmbedderParts {
  readonly config: EncoderConfig;
  readonly weights: SafetensorsFile;
  readonly tokenizer: WordsTokenizer;
  /** Pieces that the encoder sees at once, special ones included. */
  readonly maxPieces: number;
  /** What to call the weights in errors. */
  readonly source: string;
  /** Hidden states after this layer are taken, 1 to the number of layers. Default: `middleLayer`. */
  readonly layer?: number;
  /** Threads inside one operator. Default 1. */
  readonly threads?: number;
}

/**
 * The layer whose hidden states are taken. The first layers hardly know more than the letters, the last ones of a tagger
 * mostly the type, so that two names of one type look alike; docs/recipes/video-comments-analysis.md has the figures.
 */
export function middleLayer({ layers }: EncoderConfig): number {
  return Math.max(1, Math.ceil(layers / 2));
}

/**
 * Runs the encoder up to one of its layers, without dropout. Texts are cut into words as the tagger cuts them, and long
 * ones into overlapping windows.
 *
 * @throws {E_WEIGHTS_MISMATCH} when the weights are not those of the configuration
 */
export async function createContextualEmbedder(parts: EmbedderParts): Promise<ContextualEmbedder> {
  const { config, tokenizer, maxPieces, threads = 1 } = parts;
  const input = createPieceInput(tokenizer, maxPieces);
  const session = await createSession(hiddenGraph(parts, input), { threads });
  const width = config.width;
  return {
    width,
    embed: async (texts, spans) => {
      const found = texts.map((): readonly (Float32Array | undefined)[] => []);
      const sentences = tweetSentences(texts);
      const visit = (text: number, pieces: PieceEmissions): void => {
        const tokens = sentences.takeTokens(text);
        found[text] = spans[text]!.map((span) => meanOfSpan(span, { tokens, pieces, width }));
      };
      await emitPieces(sentences, visit, { run: session.run, input, labels: width, concurrency: 1 });
      // A text of which the encoder sees nothing is not visited.
      return found.map((vectors, text) => (vectors.length > 0 ? vectors : spans[text]!.map(() => undefined)));
    },
    release: () => session.release(),
  };
}

/** ids and mask int64 [B, T]; the output, named as a tagger's, is the hidden state of each piece, [B, T, H]. */
function hiddenGraph({ config, weights, source, layer = middleLayer(config) }: EmbedderParts, { output }: GraphInput) {
  // Layers after the one that is asked for are not built, and so neither read nor run.
  const encoder = createEncoder({ ...config, layers: layer });
  const { values } = readWeights(encoder.parameters, weights, { architecture: config.architecture, source });
  const types = encoder.parameters.map(({ name, shape }): [string, TensorType] => [name, { dtype: 'float32', shape }]);
  const inputs = { input_ids: int64('B', 'T'), attention_mask: int64('B', 'T') };
  const graph = trace('embedder', { ...Object.fromEntries(types), ...inputs }, (x) => ({
    [output]: encoder.hidden(x, {
      ids: cast(x['input_ids'], 'int32'), // [B, T]
      mask: cast(x['attention_mask'], 'float32'), // [B, T]
    }), // [B, T, H]
  }));
  return toOnnx(optimize(graph), { weights: Object.fromEntries(values) });
}

interface SeenText {
  readonly tokens: readonly Token[];
  /** `scores` are hidden states, [T, H]. */
  readonly pieces: PieceEmissions;
  readonly width: number;
}

function meanOfSpan({ start, end }: TextSpan, { tokens, pieces, width }: SeenText): Float32Array | undefined {
  const sum = new Float64Array(width);
  let count = 0;
  for (const [t, word] of pieces.wordIds.entries()) {
    const from = tokens[word]!.start;
    if (from + pieces.starts[t]! >= end || Math.min(tokens[word]!.end, from + pieces.ends[t]!) <= start) continue;
    for (let h = 0; h < width; h++) sum[h]! += pieces.scores[t * width + h]!;
    count++;
  }
  return count === 0 ? undefined : Float32Array.from(sum, (total) => total / count);
}

/** Why a bundle has no contextual embedder. */
export interface NoEmbedder {
  readonly why: string;
}

/**
 * The embedder of a verified bundle's own encoder; or why it has none: its tagger is none over a transformer, or it was
 * exported without weights.
 *
 * @throws {E_ENCODER_UNSUPPORTED} {E_WEIGHTS_MALFORMED} {E_WEIGHTS_MISMATCH} when its files are not what they say
 */
export async function bundleEmbedder(
  { manifest, files }: Bundle,
  options: Pick<EmbedderParts, 'layer' | 'threads'> = {},
): Promise<ContextualEmbedder | NoEmbedder> {
  const { features } = manifest;
  if (features.kind !== 'pieces') return { why: 'the model has no transformer encoder' };
  const [weights, config] = [files.get(WEIGHTS_FILE), files.get('config.json')];
  if (weights === undefined || config === undefined) {
    return { why: `the model has no ${WEIGHTS_FILE}, as after an export to int8` };
  }
  const source = `model ${manifest.id}`;
  const named = new Map(features.tokenizer.map((path) => [path, files.get(path)!]));
  return createContextualEmbedder({
    config: readEncoderConfig(JSON.parse(new TextDecoder().decode(config)), `${source}/config.json`),
    weights: readSafetensors(weights, `${source}/${WEIGHTS_FILE}`),
    tokenizer: await openTokenizer(named, source),
    maxPieces: features.maxPieces,
    source,
    ...options,
  });
}
