import { z } from 'zod';
import type { Tensor } from '../ort/tensor.ts';
import { characterIds } from './characters.ts';
import { cleanWord, MAX_WORD_UNITS } from './clean-word.ts';
import { featureTableSchema, wordBuckets, type FeatureTable } from './feature-tables.ts';
import { createVectorLookup, VECTOR_EXTRAS, type VectorEntry, type VectorTable } from './vector-table.ts';
import { POSITION_FLAGS, SENTENCE_FLAGS, sentenceFlags, WORD_FLAGS, wordFlags } from './word-flags.ts';

/** features.json of a bundle: how words become the inputs of a word-level tagger. */
export const encoderSettingsSchema = z.object({
  kind: z.literal('word-features'),
  version: z.literal(1),
  tables: z.array(featureTableSchema).min(1),
  /** Characters of a word that are looked at. */
  characters: z.int().positive(),
  /** Width of the pre-trained word vectors; null where there are none. */
  vectorDim: z.int().positive().nullable(),
});
export type EncoderSettings = z.infer<typeof encoderSettingsSchema>;

/**
 * The features of one sentence, row-major: ids [T, tables], characters [T, C], flags [T, flags], vectors [T, dim] (empty
 * without).
 */
export interface EncodedSentence {
  readonly length: number;
  readonly ids: Int32Array;
  readonly characters: Int32Array;
  readonly flags: Float32Array;
  readonly vectors: Float32Array;
}

/** Widths of the inputs of a word-level tagger. */
export interface InputWidths {
  readonly tables: number;
  readonly characters: number;
  readonly flags: number;
  readonly vectors: number;
}

export interface WordEncoder {
  readonly settings: EncoderSettings;
  readonly widths: InputWidths;
  encodeSentence(words: readonly string[]): EncodedSentence;
  /**
   * A batch as the graph takes it, padded with zeros to `paddedLength` words:
   * ids int32 [B, T, tables], characters int32 [B, T, C], flags float32 [B, T, flags], mask float32 [B, T], and vectors
   * float32 [B, T, dim] where there are some.
   */
  encode(sentences: readonly (readonly string[])[], paddedLength: number): Record<string, Tensor>;
}

interface WordEntry {
  readonly clean: string;
  readonly ids: Int32Array;
  readonly characters: Int32Array;
  readonly flags: Float32Array;
  readonly vector: VectorEntry | undefined;
}

/** Words whose features are kept; a stream repeats few thousand words most of the time. */
const CACHE_WORDS = 50_000;

/** @param vectors the table for `settings.vectorDim`; left out where that is null */
export function createWordEncoder(settings: EncoderSettings, vectors?: VectorTable): WordEncoder {
  const widths = inputWidths(settings);
  const rowOf = settings.tables.map(bucketToRow);
  const lookUp = vectors === undefined ? undefined : createVectorLookup(vectors);
  const cache = new Map<string, WordEntry>();

  const entryOf = (word: string): WordEntry => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const clean = cleanWord(word);
    const ids = Int32Array.from(wordBuckets(clean, settings.tables), (bucket, i) => rowOf[i]![bucket]!);
    const entry = {
      clean,
      ids,
      characters: characterIds(clean, settings.characters),
      flags: Float32Array.from(wordFlags(clean)),
      vector: lookUp?.(clean),
    };
    // A word as long as a page does not come again, and would be held with its text.
    if (word.length > MAX_WORD_UNITS) return entry;
    if (cache.size >= CACHE_WORDS) cache.clear();
    cache.set(word, entry);
    return entry;
  };

  const encodeSentence = (words: readonly string[]): EncodedSentence => {
    const entries = words.map(entryOf);
    const ofSentence = sentenceFlags(entries.map((entry) => entry.clean));
    const ids = new Int32Array(words.length * widths.tables); // [T, tables]
    const characters = new Int32Array(words.length * widths.characters); // [T, C]
    const flags = new Float32Array(words.length * widths.flags); // [T, flags]
    const values = new Float32Array(words.length * widths.vectors); // [T, dim]
    entries.forEach((entry, i) => {
      ids.set(entry.ids, i * widths.tables);
      characters.set(entry.characters, i * widths.characters);
      const base = i * widths.flags;
      flags.set(entry.flags, base);
      flags[base + WORD_FLAGS] = Number(i === 0);
      flags[base + WORD_FLAGS + 1] = Number(i === words.length - 1);
      flags.set(ofSentence, base + WORD_FLAGS + POSITION_FLAGS);
      if (entry.vector !== undefined) {
        flags.set(entry.vector.extras, base + WORD_FLAGS + POSITION_FLAGS + SENTENCE_FLAGS);
        values.set(entry.vector.vector, i * widths.vectors);
      }
    });
    return { length: words.length, ids, characters, flags, vectors: values };
  };

  const encode = (sentences: readonly (readonly string[])[], paddedLength: number): Record<string, Tensor> => {
    const rows = sentences.length;
    const batch = allocateBatch(widths, rows, paddedLength);
    sentences.forEach((words, row) => {
      writeRow(batch, widths, { row, paddedLength, sentence: encodeSentence(words) });
    });
    return batchTensors(batch, widths, [rows, paddedLength]);
  };
  return { settings, widths, encodeSentence, encode };
}

export function inputWidths(settings: EncoderSettings): InputWidths {
  const extras = settings.vectorDim === null ? 0 : VECTOR_EXTRAS;
  return {
    tables: settings.tables.length,
    characters: settings.characters,
    flags: WORD_FLAGS + POSITION_FLAGS + SENTENCE_FLAGS + extras,
    vectors: settings.vectorDim ?? 0,
  };
}

/** The arrays of one batch, or of several one after the other, all zero. */
export interface BatchArrays {
  readonly ids: Int32Array;
  readonly characters: Int32Array;
  readonly flags: Float32Array;
  readonly vectors: Float32Array;
  readonly mask: Float32Array;
}

export function allocateBatch(widths: InputWidths, rows: number, paddedLength: number): BatchArrays {
  const words = rows * paddedLength;
  return {
    ids: new Int32Array(words * widths.tables), // [B, T, tables]
    characters: new Int32Array(words * widths.characters), // [B, T, C]
    flags: new Float32Array(words * widths.flags), // [B, T, flags]
    vectors: new Float32Array(words * widths.vectors), // [B, T, dim]
    mask: new Float32Array(words), // [B, T]
  };
}

/** Writes one sentence into row `row` of a batch. */
export function writeRow(
  batch: BatchArrays,
  widths: InputWidths,
  at: { readonly row: number; readonly paddedLength: number; readonly sentence: EncodedSentence },
): void {
  const word = at.row * at.paddedLength;
  batch.ids.set(at.sentence.ids, word * widths.tables);
  batch.characters.set(at.sentence.characters, word * widths.characters);
  batch.flags.set(at.sentence.flags, word * widths.flags);
  batch.vectors.set(at.sentence.vectors, word * widths.vectors);
  batch.mask.fill(1, word, word + at.sentence.length);
}

/** The batch as tensors; `lead` are the axes before the widths: [B, T], or [K, B, T] for K batches. */
export function batchTensors(batch: BatchArrays, widths: InputWidths, lead: readonly number[]): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {
    ids: { dtype: 'int32', dims: [...lead, widths.tables], data: batch.ids },
    characters: { dtype: 'int32', dims: [...lead, widths.characters], data: batch.characters },
    flags: { dtype: 'float32', dims: [...lead, widths.flags], data: batch.flags },
    mask: { dtype: 'float32', dims: lead, data: batch.mask },
  };
  if (widths.vectors > 0) {
    tensors['vectors'] = { dtype: 'float32', dims: [...lead, widths.vectors], data: batch.vectors };
  }
  return tensors;
}

/** Bucket to row, 0 where training never saw the bucket. */
function bucketToRow(table: FeatureTable): Int32Array {
  const rowOf = new Int32Array(table.buckets);
  table.rows.forEach((bucket, i) => {
    rowOf[bucket] = i + 1;
  });
  return rowOf;
}
