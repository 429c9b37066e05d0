import { expect, test } from 'vitest';
import { compareRuns } from '../../../shared/runs/compare-runs.ts';
import { createRunRegistry } from '../../../shared/runs/run-registry.ts';
import { openStore } from '../../support/open-store.ts';
import { splitMetrics, tinyRun } from '../../support/run-record.ts';

test('names settings and data that differ, and puts the figures side by side', async () => {
  const registry = createRunRegistry(openStore().store);
  const a = await registry.add(tinyRun);
  const other = { sha256: 'c'.repeat(64), sentences: 731, tokens: 18_405, entities: 814 };
  const b = await registry.add({
    ...tinyRun,
    // Neither makes a run another one.
    startedAt: '2026-03-02T10:00:00.000Z',
    bundle: '/models/other',
    recipe: null,
    settings: { model: { kind: 'encoder' }, train: { epochs: 6, learningRate: 1e-4, maxNorm: 10 }, encoder: 'minilm' },
    data: { ...tinyRun.data, dev: other },
    metrics: { dev: splitMetrics(0.7), test: splitMetrics(0.6) },
  });
  expect(compareRuns(a, b)).toEqual({
    settings: [
      { path: 'recipe', a: undefined, b: null },
      { path: 'recipe.name', a: 'un-ner', b: undefined },
      { path: 'recipe.options.seed', a: 1, b: undefined },
      { path: 'settings.train.learningRate', a: 2e-4, b: 1e-4 },
      { path: 'settings.train.maxNorm', a: undefined, b: 10 },
    ],
    data: [
      { path: 'dev.sentences', a: 732, b: 731 },
      { path: 'dev.sha256', a: 'b'.repeat(64), b: 'c'.repeat(64) },
    ],
    figures: [
      { split: 'dev', sameData: false, a: splitMetrics(0.8), b: splitMetrics(0.7) },
      { split: 'test', sameData: false, a: undefined, b: splitMetrics(0.6) },
    ],
  });
  expect(compareRuns(a, a)).toMatchObject({ settings: [], data: [], figures: [{ split: 'dev', sameData: true }] });
});
