import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { graphWeights } from '../../../training/export/graph-weights.ts';
import { halveWeights } from '../../../training/export/half-weights.ts';
import { servingGraph } from '../../../training/export/serving-graph.ts';
import { parameterCount } from '../../../training/train/state-layout.ts';
import { parameterViews } from '../../../training/train/train-state.ts';
import { tinyVectors, untrainedTagger } from '../../support/tiny-training.ts';

describe('graphWeights', () => {
  const { model } = untrainedTagger(undefined, tinyVectors);
  const rng = createRng(1, 'weights');
  const flat = Float32Array.from({ length: parameterCount(model.parameters) }, () => rng.normal());
  const graph = servingGraph(model, flat);
  const served = [...parameterViews(model.parameters, flat)].filter(([name]) => !name.startsWith('crf.'));

  test('reads every parameter that serves, as it was written', () => {
    const { tensors } = graphWeights(graph);
    for (const [name, { shape, data }] of served) {
      expect(tensors.get(name), name).toEqual({ dtype: 'F32', shape, data: Float32Array.from(data) });
    }
  });

  test('reads parameters in half precision under their own names, as the graph rounds them', () => {
    const { tensors } = graphWeights(halveWeights(graph));
    const rounded = served.filter(([, { data }]) => data.length >= 256);
    expect(rounded.length).toBeGreaterThan(0);
    for (const [name, { data }] of rounded) {
      expect(tensors.get(name)!.data, name).toEqual(Float32Array.from(Float16Array.from(data)));
    }
  });
});
