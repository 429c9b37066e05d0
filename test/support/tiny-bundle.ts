import type { BundleContent, ManifestDraft } from '../../shared/model/write-bundle.ts';
import { writeSafetensors } from '../../shared/model/safetensors.ts';

/** Labels of the tiny model: its graph gives a word the emissions that its feature row says. */
export const TINY_LABELS = ['O', 'B-person', 'I-person', 'B-geo-loc', 'I-geo-loc'];

const score = { precision: 0.5, recall: 0.25, f1: 1 / 3, support: 4 };

export const tinyDraft: ManifestDraft = {
  engine: { tagwright: '0.1.0', onnxruntime: '1.30.0' },
  labels: TINY_LABELS,
  head: { kind: 'linear' },
  features: { kind: 'word-features', file: 'features.json', maxWords: 8 },
  graph: { file: 'onnx/model.onnx', precision: 'fp32' },
  temperature: 1,
  data: { train: { sha256: '0'.repeat(64), sentences: 2, tokens: 9, entities: 3 } },
  recipe: { encoder: 'none' },
  seed: 7,
  metrics: {
    dev: { entity: score, f1Interval: { low: 0.1, high: 0.6, level: 0.95, resamples: 1_000 }, tokenAccuracy: 0.9 },
  },
  golden: [],
};

const utf8 = new TextEncoder();

/** A bundle with every usual file. The graph may be given; by default it is some bytes. */
export function tinyContent(
  manifest: Partial<ManifestDraft> = {},
  graph: Uint8Array = utf8.encode('no graph, but bytes'),
): BundleContent {
  return {
    files: {
      'config.json': utf8.encode('{"model_type":"tagwright-tiny"}'),
      'features.json': utf8.encode('{}'),
      'model.safetensors': writeSafetensors({ w: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } }),
      'onnx/model.onnx': graph,
    },
    manifest: { ...tinyDraft, ...manifest },
  };
}
