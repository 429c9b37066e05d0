import { defaultSettings, type Settings } from './settings.ts';

/**
 * Settings of a student for which nothing else is said: the word-level tagger with narrower embeddings, because ten
 * thousands of tweets fill more of their rows. Chosen on WNUT16 dev; docs/distillation.md has what was tried.
 */
export const studentSettings: Settings = {
  model: {
    ...(defaultSettings.words.model as Extract<Settings['model'], { kind: 'words' }>),
    features: [
      { feature: 'word', buckets: 16384, width: 32 },
      { feature: 'prefix2', buckets: 4096, width: 16 },
      { feature: 'prefix3', buckets: 4096, width: 16 },
      { feature: 'prefix4', buckets: 4096, width: 16 },
      { feature: 'suffix2', buckets: 4096, width: 16 },
      { feature: 'suffix3', buckets: 4096, width: 16 },
      { feature: 'suffix4', buckets: 4096, width: 16 },
      { feature: 'shape2', buckets: 1024, width: 16 },
      { feature: 'shape1', buckets: 1024, width: 16 },
    ],
  },
  loss: { kind: 'distillation', temperature: 2, teacherShare: 0.7 },
  train: { ...defaultSettings.words.train, epochs: 6, batchSize: 128, learningRate: 2e-3 },
};
