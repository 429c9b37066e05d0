import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBundle } from '../../../shared/model/bundle.ts';
import type { LoadedModel } from '../../../shared/model/load-model.ts';
import { findPlaces, withLocations } from '../../../shared/places/find-places.ts';
import { readGeonames } from '../../../shared/places/geonames.ts';
import { targetFixtures as FIXTURES } from '../../support/target-fixtures.ts';
import { loadVocabularyTagger, writeVocabularyTagger, type Vocabulary } from '../../support/vocabulary-tagger.ts';

/** The tiny model has the types person and geo-loc; the second tagger calls them as the first does but for its labels. */
async function knowing(words: Vocabulary, labels?: readonly string[]): Promise<LoadedModel> {
  const dir = await writeVocabularyTagger(words, labels === undefined ? {} : { labels: [...labels] });
  return loadVocabularyTagger(await openBundle(dir));
}

test('places of real models have offsets into the text, roles and locations', async () => {
  const first = await knowing({ Ada: 'B-person', Glasgow: 'B-geo-loc', New: 'B-geo-loc', Mexico: 'I-geo-loc' });
  // Its columns are those of the tiny graph, under other names.
  const target = await knowing({ glasgow: 'B-person', new: 'B-geo-loc', mexico: 'I-geo-loc', soup: 'B-person' }, [
    'O',
    'B-tar',
    'I-tar',
    'B-inc',
    'I-inc',
  ]);
  try {
    const text = '🍲 Ada: better soup in Glasgow than in New Mexico!';
    const [found] = await findPlaces([text, ''], {
      first: first.predictor,
      types: new Set(['geo-loc']),
      target: { predictor: target.predictor, input: 'tagged' },
    });
    expect(found!.unmet).toBe(1);
    const hits = await readGeonames(join(FIXTURES, 'geonames.txt'), new Set(['glasgow', 'new mexico']));
    const places = withLocations(found!.places, hits);
    expect(places).toMatchObject([
      { text: 'Glasgow', start: 23, end: 30, startCp: 22, endCp: 29, role: 'target', location: { geonameid: 3333231 } },
      { text: 'New Mexico', start: 39, end: 49, role: 'incidental', location: { country: 'US', latitude: 34.50034 } },
    ]);
    for (const { text: place, start, end } of places) expect(text.slice(start, end)).toBe(place);
  } finally {
    await first.release();
    await target.release();
  }
});
