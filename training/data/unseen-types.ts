import { NerError } from '../../shared/ner-error.ts';
import { entityTypes } from '../../shared/corpus/entity-types.ts';
import type { Corpus } from './corpus.ts';

/**
 * Refuses entity types that dev has and train has not: a tagger cannot learn them, and every one of them is a miss.
 *
 * @throws {E_TYPE_UNSEEN} naming each type and its first line in dev
 */
export function refuseUnseenTypes({ train, dev }: Pick<Corpus, 'train' | 'dev'>): void {
  const known = new Set(entityTypes(train));
  const unseen = entityTypes(dev).filter((type) => !known.has(type));
  if (unseen.length === 0) return;
  const places = unseen.map((type) => {
    const { file, line } = dev.find(({ tags }) => tags.some((tag) => tag.slice(2) === type))!;
    return `'${type}' (${file}, the sentence from line ${line} on)`;
  });
  throw new NerError(
    'E_TYPE_UNSEEN',
    `corpus: dev has entity types that train has not, got ${places.join(', ')}; expected those of train: ${[...known].join(', ')}. ` +
      'Correct the tags, add examples to train, or allow it with --allow-unseen-types: they then count as misses.',
  );
}
