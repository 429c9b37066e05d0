import { spansOf } from '../../shared/labels/spans.ts';
import type { Rng } from '../../shared/random.ts';

export interface TaggedWords {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Mention replacement: each entity gives way, with the given probability, to a mention of the same type drawn from the
 * training set, so that the tagger learns contexts and not just names (Dai and Adel 2020, An Analysis of Simple Data
 * Augmentation for Named Entity Recognition, https://aclanthology.org/2020.coling-main.343).
 *
 * @param probability per entity, in [0, 1]
 */
export function createMentionReplacer(
  training: readonly TaggedWords[],
  probability: number,
): (sentence: TaggedWords, rng: Rng) => TaggedWords {
  const mentions = new Map<string, (readonly string[])[]>();
  for (const { words, tags } of training) {
    for (const span of spansOf(tags)) {
      const known = mentions.get(span.type) ?? [];
      known.push(words.slice(span.start, span.end));
      mentions.set(span.type, known);
    }
  }
  return (sentence, rng) => {
    const words: string[] = [];
    const tags: string[] = [];
    let at = 0;
    for (const span of spansOf(sentence.tags)) {
      const choices = mentions.get(span.type);
      if (choices === undefined || rng.uniform() >= probability) continue;
      const mention = choices[rng.int(choices.length)]!;
      words.push(...sentence.words.slice(at, span.start), ...mention);
      tags.push(
        ...sentence.tags.slice(at, span.start),
        ...mention.map((_, i) => `${i === 0 ? 'B' : 'I'}-${span.type}`),
      );
      at = span.end;
    }
    if (at === 0) return sentence;
    return { words: [...words, ...sentence.words.slice(at)], tags: [...tags, ...sentence.tags.slice(at)] };
  };
}
