import { allocateBatch, batchTensors, writeRow, type WordEncoder } from '../../shared/features/word-encoder.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import type { Example, ExampleMaker } from '../train/examples.ts';
import type { SoftLabels } from './teacher.ts';

/** A training sentence of a student. */
export interface TaughtExample extends Example {
  readonly words: readonly string[];
  /** Label of each word; -100, which no loss counts, where nobody has labelled the sentence. */
  readonly tags: Int32Array;
  readonly soft: SoftLabels;
}

const UNLABELLED = -100;

/**
 * Examples of a word-level student. Sentences without tags are unlabelled.
 *
 * Features are made batch by batch: for ten thousands of sentences they would take more memory than all else.
 *
 * @param soft what the teacher says of each sentence, in the order of those that `make` is given
 */
export function createTaughtExamples(
  encoder: WordEncoder,
  labels: LabelSet,
  soft: readonly SoftLabels[],
): ExampleMaker<TaughtExample> {
  const size = labels.labels.length;
  return {
    make: async (sentences) =>
      sentences.map(({ words, tags }, sentence) => ({
        sentence,
        length: words.length,
        words,
        tags:
          tags.length === 0
            ? new Int32Array(words.length).fill(UNLABELLED)
            : Int32Array.from(tags, (tag) => labels.indexOf(tag)),
        soft: soft[sentence]!,
      })),
    feeds: (batch, paddedLength) => {
      const lead = [batch.length, paddedLength];
      const places = batch.length * paddedLength;
      const arrays = allocateBatch(encoder.widths, batch.length, paddedLength);
      const tags = new Int32Array(places); // [B, T]
      const teacher = new Float32Array(places * size); // [B, T, L]
      batch.forEach((example, row) => {
        if (example === undefined) return;
        writeRow(arrays, encoder.widths, { row, paddedLength, sentence: encoder.encodeSentence(example.words) });
        tags.set(example.tags, row * paddedLength);
        teacher.set(example.soft.logits, row * paddedLength * size);
      });
      return {
        ...batchTensors(arrays, encoder.widths, lead),
        tags: { dtype: 'int32', dims: lead, data: tags },
        teacher: { dtype: 'float32', dims: [...lead, size], data: teacher },
      };
    },
  };
}
