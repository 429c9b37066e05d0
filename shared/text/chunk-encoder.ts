import { createAddedTokenFinder, type AddedToken } from './added-tokens.ts';
import type { BertNormalizer } from './bert-normalizer.ts';
import { preTokenize } from './bert-pre-tokenizer.ts';
import { codePointOffsets } from './code-points.ts';
import type { NormalizedText } from './normalized-text.ts';
import { PieceRecord } from './piece-records.ts';
import type { PieceTrie } from './piece-trie.ts';

/** Encodes a stretch of text that holds no added token but normalised ones; the record is good until the next call. */
export type ChunkEncoder = (chunk: string) => PieceRecord;

export interface ChunkEncoderOptions {
  readonly normalize: BertNormalizer;
  readonly trie: PieceTrie;
  /** The id of a word that the pieces do not make up. */
  readonly unkId: number;
  /** Longer words, in code points after normalisation, are unknown. */
  readonly maxInputCharsPerWord: number;
  /** Added tokens that are looked for after normalisation. */
  readonly normalizedTokens: readonly AddedToken[];
}

/** Normalises, cuts into parts, and cuts each part into the longest pieces from left to right. */
export function createChunkEncoder(options: ChunkEncoderOptions): ChunkEncoder {
  const { normalize, trie, unkId, maxInputCharsPerWord } = options;
  const findNormalized = createNormalizedFinder(options);
  const record = new PieceRecord();
  let text: NormalizedText;

  const encodePart = (start: number, end: number): void => {
    const { codes, starts, ends } = text;
    const before = record.count;
    const part = record.nextPart;
    let node = end - start > maxInputCharsPerWord ? -1 : trie.root;
    for (let i = start; i < end;) {
      const found = node < 0 ? -1 : trie.longest(node, codes, i, end);
      if (found < 0) {
        record.truncate(before);
        record.push(unkId, starts[start]!, ends[end - 1]!, part);
        return;
      }
      const next = i + trie.depthOf(found) - trie.depthOf(node);
      record.push(trie.idOf(found), starts[i]!, ends[next - 1]!, part);
      i = next;
      node = trie.continuation;
    }
  };

  return (chunk) => {
    record.truncate(0);
    text = normalize(chunk);
    if (findNormalized === undefined) preTokenize(text, [0, text.length], encodePart);
    else {
      for (const { id, start, end } of findNormalized(text)) {
        if (id < 0) preTokenize(text, [start, end], encodePart);
        else record.push(id, text.starts[start]!, text.ends[end - 1]!, record.nextPart);
      }
    }
    return record;
  };
}

/** Cuts a normalised text at the added tokens of that kind; positions are code points. */
function createNormalizedFinder({
  normalizedTokens,
  normalize,
}: ChunkEncoderOptions): ((text: NormalizedText) => readonly { id: number; start: number; end: number }[]) | undefined {
  const find = createAddedTokenFinder(
    normalizedTokens.map((token) => ({ ...token, content: stringOf(normalize(token.content)) })),
  );
  if (find === undefined) return undefined;
  return (text) => {
    const characters = stringOf(text);
    const stretches = find(characters);
    if (stretches === undefined) return [{ id: -1, start: 0, end: text.length }];
    const offsets = codePointOffsets(characters);
    return stretches.map(({ id, start, end }) => ({
      id,
      start: offsets.toCodePoint(start),
      end: offsets.toCodePoint(end),
    }));
  };
}

function stringOf({ codes, length }: NormalizedText): string {
  let characters = '';
  for (let i = 0; i < length; i++) characters += String.fromCodePoint(codes[i]!);
  return characters;
}
