import type { SplitMetrics } from '../../shared/contracts/manifest.ts';
import type { RunDraft } from '../../shared/runs/run-registry.ts';

const hash = (digit: string): string => digit.repeat(64);

/** Figures of a split whose F1 is this. */
export function splitMetrics(f1: number): SplitMetrics {
  return {
    entity: { precision: f1, recall: f1, f1, support: 10 },
    f1Interval: { low: f1 - 0.1, high: f1 + 0.1, level: 0.95, resamples: 1000 },
    tokenAccuracy: 0.9,
  };
}

/** What a run of 90 seconds that came to its end is recorded as. */
export const tinyRun: RunDraft = {
  kind: 'train',
  outcome: 'done',
  who: { user: 'ada', host: 'engine' },
  startedAt: '2026-03-01T10:00:00.000Z',
  seconds: 90,
  recipe: { name: 'un-ner', options: { seed: 1 } },
  corpus: '/data/un-ner',
  data: {
    train: { sha256: hash('a'), sentences: 2925, tokens: 73_796, entities: 2978 },
    dev: { sha256: hash('b'), sentences: 732, tokens: 18_405, entities: 814 },
  },
  settings: { model: { kind: 'encoder' }, train: { epochs: 6, learningRate: 2e-4 }, encoder: 'minilm' },
  bestEpoch: 5,
  seed: 1,
  device: 'cpu',
  engine: { tagwright: '0.1.0', onnxruntime: '1.30.0' },
  machine: { node: 'v24.0.0' },
  modelId: '0123456789abcdef',
  bundle: '/models/un',
  runFolder: '/models/un.run',
  metrics: { dev: splitMetrics(0.8) },
};
