import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cardFrontMatter, type CardFacts } from '../../../training/export/card-front-matter.ts';

const metrics = (f1: number): CardFacts['metrics'][string] => ({
  entity: { precision: 0.5, recall: 0.25, f1, support: 4 },
  f1Interval: { low: 0.1, high: 0.6, level: 0.95, resamples: 1_000 },
  tokenAccuracy: 0.9,
});

const facts: CardFacts = {
  name: 'A tagger: "x"',
  library: 'transformers',
  tags: ['tagwright', 'no'],
  baseModel: 'someone/encoder',
  languages: ['en', 'no'],
  license: 'apache-2.0',
  dataset: 'wnut: 16',
  metrics: { dev: metrics(0.6), test: metrics(1 / 3) },
};

const yaml = (text: string): unknown => {
  expect(text).toMatch(/^---\n[^]*\n---\n$/);
  return parse(text.slice(4, -4));
};

describe('cardFrontMatter', () => {
  test('is what the hub reads, whatever is in the names', () => {
    const ofEntities = 'of entities, micro (seqeval default mode)';
    expect(yaml(cardFrontMatter(facts))).toEqual({
      language: ['en', 'no'],
      license: 'apache-2.0',
      library_name: 'transformers',
      pipeline_tag: 'token-classification',
      base_model: 'someone/encoder',
      tags: ['tagwright', 'no'],
      metrics: ['f1', 'precision', 'recall', 'accuracy'],
      'model-index': [
        {
          name: 'A tagger: "x"',
          results: [
            {
              task: { type: 'token-classification', name: 'Token Classification' },
              dataset: { name: 'wnut: 16', type: 'wnut: 16', split: 'test' },
              metrics: [
                { type: 'f1', value: 0.3333, name: `F1 ${ofEntities}` },
                { type: 'precision', value: 0.5, name: `Precision ${ofEntities}` },
                { type: 'recall', value: 0.25, name: `Recall ${ofEntities}` },
                { type: 'accuracy', value: 0.9, name: 'Accuracy of words' },
              ],
            },
          ],
        },
      ],
    });
  });

  test('has no results without test, and leaves out what nobody said', () => {
    const { name, library, tags, dataset } = facts;
    const bare = yaml(cardFrontMatter({ name, library, tags, dataset, metrics: { dev: metrics(0.6) } }));
    expect(Object.keys(bare as object)).toEqual(['library_name', 'pipeline_tag', 'tags', 'metrics']);
  });
});
