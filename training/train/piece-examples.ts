import type { PieceWindow } from '../../shared/features/piece-input.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import { alignLabels, IGNORED, type AlignmentPolicy } from '../../shared/text/align-labels.ts';
import { allocateBatch, writeRow, type EncodedSentence, type WordEncoder } from '../../shared/features/word-encoder.ts';
import { wordTensors } from '../../shared/features/piece-word-input.ts';
import { selectWords } from '../../shared/features/select-words.ts';
import type { Tensor } from '../../shared/ort/tensor.ts';
import type { Example, ExampleMaker } from './examples.ts';

/** A window of word pieces and those of them that have a label. */
export interface PieceExample extends Example {
  /** Pieces with special tokens, [length]. */
  readonly ids: Int32Array;
  /** Places of the labelled pieces among them, ascending. */
  readonly places: Int32Array;
  /** Label of each of these. */
  readonly tags: Int32Array;
  /** Features of the labelled words, where the tagger looks at some. */
  readonly words?: EncodedSentence | undefined;
}

export interface PieceExamplesOptions {
  readonly input: Pick<GraphInput<PieceWindow>, 'windows'>;
  readonly labels: LabelSet;
  readonly policy: AlignmentPolicy;
  /** Stands in the padding. */
  readonly padId: number;
  /** For taggers that look at features of words, too: then the policy is `first`. */
  readonly words?: WordEncoder | undefined;
}

/** A CRF's recursion wants two positions at least; few distinct widths mean few shapes for the runtime to plan for. */
const POSITIONS_MULTIPLE = 4;

/** Examples of taggers over word pieces. */
export function createPieceExamples(options: PieceExamplesOptions): ExampleMaker<PieceExample> {
  const { input, labels, policy, padId, words: encoder } = options;
  return {
    make: async (sentences) => {
      const wordLabels = sentences.map(({ tags }) => Int32Array.from(tags, (tag) => labels.indexOf(tag)));
      const windows = await input.windows(sentences.map(({ words }) => words));
      const examples = windows.map((window) =>
        exampleOf(window, wordLabels[window.sentence]!, { labels: labels.labels, policy }),
      );
      if (encoder === undefined) return examples;
      const features = sentences.map(({ words }) => encoder.encodeSentence(words));
      return examples.map((example, i) => {
        const indices = Int32Array.from(example.places, (place) => windows[i]!.wordIds[place]!);
        return { ...example, words: selectWords(features[example.sentence]!, encoder.widths, indices) };
      });
    },
    feeds: (batch, paddedLength) => {
      const rows = batch.length;
      const most = Math.max(1, ...batch.map((example) => example?.places.length ?? 0));
      const width = Math.ceil(most / POSITIONS_MULTIPLE) * POSITIONS_MULTIPLE;
      const ids = new Int32Array(rows * paddedLength).fill(padId); // [B, T]
      const attention = new Float32Array(rows * paddedLength); // [B, T]
      const positions = new Int32Array(rows * width); // [B, W]
      const tags = new Int32Array(rows * width); // [B, W]
      const mask = new Float32Array(rows * width); // [B, W]
      batch.forEach((example, row) => {
        if (example === undefined) return;
        const base = row * paddedLength;
        ids.set(example.ids, base);
        attention.fill(1, base, base + example.length);
        example.places.forEach((place, i) => {
          positions[row * width + i] = base + place;
        });
        tags.set(example.tags, row * width);
        mask.fill(1, row * width, row * width + example.places.length);
      });
      const pieces = [rows, paddedLength];
      const labelled = [rows, width];
      return {
        ids: { dtype: 'int32', dims: pieces, data: ids },
        attention: { dtype: 'float32', dims: pieces, data: attention },
        positions: { dtype: 'int32', dims: labelled, data: positions },
        tags: { dtype: 'int32', dims: labelled, data: tags },
        mask: { dtype: 'float32', dims: labelled, data: mask },
        ...(encoder === undefined ? {} : wordFeatures(batch, width, encoder)),
      };
    },
  };
}

/** The features of the labelled words of a batch, padded to `width` words. */
function wordFeatures(
  batch: readonly (PieceExample | undefined)[],
  width: number,
  { widths }: WordEncoder,
): Record<string, Tensor> {
  const arrays = allocateBatch(widths, batch.length, width);
  batch.forEach((example, row) => {
    if (example?.words !== undefined) writeRow(arrays, widths, { row, paddedLength: width, sentence: example.words });
  });
  return wordTensors(arrays, widths, [batch.length, width]);
}

/** Of the window's pieces those of words that count from it, so that a word in two windows is learnt from once. */
function exampleOf(
  window: PieceWindow,
  wordLabels: Int32Array,
  alignment: { readonly labels: readonly string[]; readonly policy: AlignmentPolicy },
): PieceExample {
  const aligned = alignLabels(window.wordIds, wordLabels, alignment);
  const places: number[] = [];
  for (let place = window.keptFrom; place < window.keptTo; place++) {
    if (aligned[place] !== IGNORED) places.push(place);
  }
  return {
    sentence: window.sentence,
    length: window.length,
    ids: window.ids,
    places: Int32Array.from(places),
    tags: Int32Array.from(places, (place) => aligned[place]!),
  };
}
