import {
  allocateBatch,
  batchTensors,
  writeRow,
  type EncodedSentence,
  type WordEncoder,
} from '../../shared/features/word-encoder.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import type { Example, ExampleMaker } from './examples.ts';

/** A training sentence of a word-level tagger. */
export interface WordExample extends Example {
  readonly features: EncodedSentence;
  /** Label of each word. */
  readonly tags: Int32Array;
}

/** Examples of word-level taggers: every word is a labelled position, so W is T. */
export function createWordExamples(encoder: WordEncoder, labels: LabelSet): ExampleMaker<WordExample> {
  return {
    make: async (sentences) =>
      sentences.map(({ words, tags }, sentence) => ({
        sentence,
        length: words.length,
        features: encoder.encodeSentence(words),
        tags: Int32Array.from(tags, (tag) => labels.indexOf(tag)),
      })),
    feeds: (batch, paddedLength) => {
      const arrays = allocateBatch(encoder.widths, batch.length, paddedLength);
      const tags = new Int32Array(batch.length * paddedLength); // [B, T]
      batch.forEach((example, row) => {
        if (example === undefined) return;
        writeRow(arrays, encoder.widths, { row, paddedLength, sentence: example.features });
        tags.set(example.tags, row * paddedLength);
      });
      const lead = [batch.length, paddedLength];
      return { ...batchTensors(arrays, encoder.widths, lead), tags: { dtype: 'int32', dims: lead, data: tags } };
    },
  };
}
