import { expect, test } from 'vitest';
import type { ScoredTags } from '../../../shared/model/predictor.ts';
import { spansOf } from '../../../shared/labels/spans.ts';
import { scoredPlaces, withRoles, type TargetTagger } from '../../../shared/places/target-chain.ts';
import { chainFigures } from '../../../shared/places/chain-figures.ts';

/** A tagger that knows words and their tags, and is as sure of each entity as its first word says. */
function knowing(tags: Readonly<Record<string, readonly [string, number]>>, input: TargetTagger['input']) {
  const seen: (readonly string[])[] = [];
  const predictScored = async (sentences: readonly (readonly string[])[]): Promise<ScoredTags[]> =>
    sentences.map((words) => {
      seen.push(words);
      const found = words.map((word) => tags[word]?.[0] ?? 'O');
      const entities = spansOf(found).map(({ start }) => tags[words[start]!]![1]);
      const confidences = { words: words.map(() => 1), entities };
      return { tags: found, calibrated: confidences, raw: confidences };
    });
  return { tagger: { predictor: { predictScored }, input }, seen };
}

const first: ScoredTags = {
  tags: ['B-per', 'O', 'B-geo', 'I-geo', 'O', 'B-gpe', 'O'],
  calibrated: { words: [], entities: [0.9, 0.8, 0.7] },
  raw: { words: [], entities: [0.5, 0.5, 0.5] },
};
const words = ['Ann', 'in', 'New', 'York', ',', 'USA', 'Monday'];

test('places are entities of the types that are places, with their scores', () => {
  expect(scoredPlaces(first, new Set(['geo', 'gpe']))).toEqual([
    { type: 'geo', start: 2, end: 4, score: 0.8 },
    { type: 'gpe', start: 5, end: 6, score: 0.7 },
  ]);
});

const places = scoredPlaces(first, new Set(['geo', 'gpe']));

test('spans of the second tagger give roles to the places that they meet; others are dropped', async () => {
  const { tagger, seen } = knowing({ york: ['B-tar', 0.6], usa: ['B-inc', 0.75], monday: ['B-tar', 0.99] }, 'tagged');
  const [chained] = await withRoles([{ words, places }], tagger);
  expect(seen).toEqual([['ann', 'in', '[geo]', 'new', 'york', ',', '[gpe]', 'usa', 'monday']]);
  expect(chained).toEqual({
    places: [
      { type: 'geo', start: 2, end: 4, score: 0.8, role: 'tar', roleScore: 0.6 },
      { type: 'gpe', start: 5, end: 6, score: 0.7, role: 'inc', roleScore: 0.75 },
    ],
    roles: [
      { type: 'tar', start: 3, end: 4, score: 0.6 },
      { type: 'inc', start: 5, end: 6, score: 0.75 },
    ],
    unmet: 1,
  });
});

test('a tagger of text sees no markers; of two spans in a place the surer one counts', async () => {
  const { tagger, seen } = knowing({ new: ['B-tar', 0.4], york: ['B-inc', 0.5] }, 'text');
  const [chained] = await withRoles([{ words, places }], tagger);
  expect(seen[0]).toEqual(words.map((word) => word.toLowerCase()));
  expect(chained!.places.map(({ role, roleScore }) => [role, roleScore])).toEqual([
    ['inc', 0.5],
    [null, null],
  ]);
});

test('without a second tagger no place has a role', async () => {
  const [chained] = await withRoles([{ words, places }], undefined);
  expect(chained).toMatchObject({ roles: [], unmet: 0, places: [{ role: null }, { role: null }] });
});

test('figures of the chain, by hand', () => {
  const figures = chainFigures([
    {
      gold: [
        { type: 'tar', start: 0, end: 2 },
        { type: 'inc', start: 3, end: 4 },
      ],
      found: [
        { type: 'tar', start: 0, end: 2, score: 0.95 },
        { type: 'tar', start: 3, end: 4, score: 0.55 },
      ],
    },
    { gold: [{ type: 'inc', start: 1, end: 2 }], found: [{ type: 'inc', start: 1, end: 3, score: 0.65 }] },
  ]);
  const of = (correct: number, predicted: number, support: number) => {
    const [precision, recall] = [correct / predicted, correct / support];
    return { precision, recall, f1: correct === 0 ? 0 : (2 * precision * recall) / (precision + recall), support };
  };
  expect(figures.target).toEqual(of(1, 2, 1));
  expect(figures.incidental).toEqual(of(0, 1, 2));
  expect(figures.both).toEqual(of(1, 3, 3));
  expect(figures.anyRole).toEqual(of(2, 3, 3));
  expect(figures.thresholds.map(({ atLeast, both }) => [atLeast, both])).toEqual([
    [0, of(1, 3, 3)],
    [0.5, of(1, 3, 3)],
    [0.7, of(1, 1, 3)],
    [0.9, of(1, 1, 3)],
  ]);
  expect(figures.confidence.bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 1]);
  expect(figures.confidence.bins[9]).toMatchObject({ confidence: 0.95, accuracy: 1 });
});
