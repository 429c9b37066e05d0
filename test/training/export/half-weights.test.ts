import { describe, expect, test } from 'vitest';
import { checkModel } from '../../../shared/ort/check-model.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { createRng } from '../../../shared/random.ts';
import { halveWeights } from '../../../training/export/half-weights.ts';
import { servingGraph } from '../../../training/export/serving-graph.ts';
import { parameterCount } from '../../../training/train/state-layout.ts';
import { tinyCorpus, tinyVectors, untrainedTagger } from '../../support/tiny-training.ts';

const { model, encoder } = untrainedTagger(undefined, tinyVectors);
const rng = createRng(1, 'weights');
const feeds = encoder.encode(
  tinyCorpus.map((sentence) => sentence.words),
  12,
);

async function emissionsOf(graph: Uint8Array): Promise<Float32Array> {
  const session = await createSession(graph);
  const { emissions } = await session.run(feeds);
  await session.release();
  return emissions!.data as Float32Array;
}

describe('halveWeights', () => {
  const flat = Float32Array.from({ length: parameterCount(model.parameters) }, () => rng.normal() / 4);

  test('changes nothing where weights have no more than eleven bits', async () => {
    const rounded = Float32Array.from(Float16Array.from(flat));
    const full = servingGraph(model, rounded);
    expect(await emissionsOf(halveWeights(full))).toEqual(await emissionsOf(full));
  });

  test('rounds weights to half precision, and computes in float32', async () => {
    const rounded = servingGraph(model, Float32Array.from(Float16Array.from(flat)));
    const halved = await emissionsOf(halveWeights(servingGraph(model, flat)));
    // Small tensors are kept in full, so the two are near and not equal.
    const expected = await emissionsOf(rounded);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const apart = halved.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(apart / largest).toBeLessThan(2 ** -9);
  });

  test('makes the file little more than half as long, and one that is let in', () => {
    const full = servingGraph(model, flat);
    const halved = halveWeights(full);
    expect(halved.length / full.length).toBeLessThan(0.75);
    checkModel(halved);
  });
});
