import { expect, onTestFinished, test } from 'vitest';
import { createPredictor } from '../../../shared/model/predictor.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { createRng } from '../../../shared/random.ts';
import { servingGraph } from '../../../training/export/serving-graph.ts';
import { evaluateTags } from '../../../shared/evaluation/evaluation-report.ts';
import { decoderHead } from '../../../training/train/decoder-head.ts';
import { createDevEvaluator, type DevEvaluator } from '../../../training/train/dev-evaluator.ts';
import { parameterCount } from '../../../training/train/state-layout.ts';
import { codeOf } from '../../support/error-code.ts';
import { tinyCorpus, untrainedTagger } from '../../support/tiny-training.ts';

const tagger = untrainedTagger();
const count = parameterCount(tagger.model.parameters);

function draw(seed: number): Float32Array {
  const rng = createRng(seed, 'weights');
  return Float32Array.from({ length: count }, () => rng.normal());
}

async function evaluator(): Promise<DevEvaluator> {
  const made = await createDevEvaluator({ tagger, dev: tinyCorpus, threads: 1, device: 'cpu' });
  onTestFinished(() => made.release());
  return made;
}

test('measures what the exported graph of the same parameters would be measured as, again and again', async () => {
  const { evaluate } = await evaluator();
  const seen = new Set<number>();
  for (const seed of [1, 2, 3]) {
    const parameters = draw(seed);
    const session = await createSession(servingGraph(tagger.model, parameters), { threads: 1 });
    const head = decoderHead(tagger.model.parameters, parameters);
    const manifest = { id: 'x', labels: [...tagger.labels.labels], head, temperature: 1 };
    const predictor = createPredictor({ manifest, run: session.run, input: tagger.input });
    const found = await predictor.predictWords(tinyCorpus.map(({ words }) => words));
    await session.release();
    const gold = tinyCorpus.map(({ tags }) => tags);
    const report = evaluateTags(gold, found, { rng: createRng(0) });
    const { entities, words } = await evaluate(parameters, seed);
    expect(entities).toEqual(report.entity.default.micro);
    expect(words).toEqual({ accuracy: report.tokenAccuracy, macroF1: report.tokenReport.macro.f1 });
    seen.add(entities.precision);
  }
  expect(seen.size).toBeGreaterThan(1);
});

test('fails by name and step when a parameter is no number any more', async () => {
  const { evaluate } = await evaluator();
  const spoilt = draw(1).fill(Number.NaN, 0, count / 2);
  expect(await codeOf(() => evaluate(spoilt, 7))).toBe('E_TRAINING_DIVERGED');
  await expect(evaluate(spoilt, 7)).rejects.toThrow('a score of a dev sentence after step 7 is NaN');
});
