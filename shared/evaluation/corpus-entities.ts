import { spansOf, type WordSpan } from '../labels/spans.ts';
import { strictSpansOf, type StrictScheme } from './strict-spans.ts';

/** Tags by sentence. */
export type TaggedSentences = readonly (readonly string[])[];

/** How tags become entities: seqeval's default mode (as conlleval), or its strict mode with a scheme. */
export type EntityMode = { readonly mode: 'default' } | { readonly mode: 'strict'; readonly scheme: StrictScheme };

/** An entity of a corpus: half-open over the words of all sentences laid end to end, one place between sentences. */
export interface CorpusEntity extends WordSpan {
  /** Index of the sentence in which the entity ends. */
  readonly sentence: number;
}

/**
 * The entities of a corpus, as seqeval counts them. No two of them end at the same place.
 *
 * Default mode reads all sentences as one sequence with an `O` after each, as seqeval does: with BIO tags that is the
 * same as reading them one by one; tags of no scheme can drag an entity across the border.
 *
 * @throws {E_LABEL_UNKNOWN} when a tag is empty, or in strict mode not of the scheme.
 */
export function corpusEntities(sentences: TaggedSentences, how: EntityMode): readonly CorpusEntity[] {
  return how.mode === 'default' ? joined(sentences) : oneByOne(sentences, how.scheme);
}

function joined(sentences: TaggedSentences): CorpusEntity[] {
  const tags: string[] = [];
  const sentenceAt: number[] = [];
  sentences.forEach((sentence, index) => {
    for (const tag of [...sentence, 'O']) {
      tags.push(tag);
      sentenceAt.push(index);
    }
  });
  return spansOf(tags).map((span) => ({ ...span, sentence: sentenceAt[span.end - 1]! }));
}

function oneByOne(sentences: TaggedSentences, scheme: StrictScheme): CorpusEntity[] {
  const entities: CorpusEntity[] = [];
  let offset = 0;
  sentences.forEach((tags, sentence) => {
    for (const { type, start, end } of strictSpansOf(tags, scheme, sentence)) {
      entities.push({ type, start: offset + start, end: offset + end, sentence });
    }
    offset += tags.length + 1;
  });
  return entities;
}
