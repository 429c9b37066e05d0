import type { DatasetFile } from '../contracts/dataset.ts';
import { type Sentence, readConll } from '../corpus/conll.ts';
import { entityTypes } from '../corpus/entity-types.ts';
import { decodeUtf8 } from '../corpus/text-file.ts';
import { sha256Hex } from '../model/sha256.ts';

/** What a manifest says of a file, and what only its text says. */
export interface SplitContent extends Pick<DatasetFile, 'sizeBytes' | 'sha256' | 'sentences' | 'tokens'> {
  /** Entity types, sorted. */
  readonly types: readonly string[];
}

/**
 * Reads a split's bytes as the trainer will.
 *
 * @param name what the file is called in messages
 * @throws {E_CORPUS_MALFORMED} {E_CORPUS_EMPTY} as readConll
 */
export function splitContent(name: string, bytes: Uint8Array): SplitContent {
  const sentences = readConll({ name, text: decodeUtf8(name, bytes) });
  return {
    sizeBytes: bytes.length,
    sha256: sha256Hex(bytes),
    sentences: sentences.length,
    tokens: countTokens(sentences),
    types: entityTypes(sentences),
  };
}

function countTokens(sentences: readonly Sentence[]): number {
  return sentences.reduce((sum, { words }) => sum + words.length, 0);
}
