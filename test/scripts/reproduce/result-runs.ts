import type { ResultRun } from '../../../training/recipes/recipe-results.ts';

/** A run with a test F1, and otherwise figures that are easy to tell apart. */
export function resultRun(f1: number, more: Partial<ResultRun> = {}): ResultRun {
  const split = (of: number): ResultRun['splits'][string] => ({
    entity: { precision: 0.5, recall: 0.25, f1: of, support: 40 },
    f1Interval: { low: 0.3, high: 0.6, level: 0.95, resamples: 1000 },
    entityMacroF1: 0.35,
    perType: { person: { precision: 0.5, recall: 0.5, f1: of, support: 30 } },
    tokenAccuracy: 0.97,
    tokenMacroF1: 0.71,
  });
  return {
    variant: 'encoder',
    seed: 1,
    fingerprint: 'a',
    command: 'npx tagwright train --recipe twitter-wnut16',
    at: '2026-11-28T06:00:00.000Z',
    trainingSeconds: 90,
    sentencesPerSecond: 12.5,
    machine: { cpu: 'A CPU', cores: 2, system: 'linux', node: 'v24', onnxruntime: '1.30.0', tagwright: '0.1.0' },
    modelId: '0123456789abcdef',
    differences: [],
    splits: { dev: split(0.5), test: split(f1) },
    tables: [],
    ...more,
  };
}
