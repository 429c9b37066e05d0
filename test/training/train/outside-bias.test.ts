import { expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { fitOutsideBias } from '../../../training/train/outside-bias.ts';
import { createDevEvaluator } from '../../../training/train/dev-evaluator.ts';
import { parameterViews } from '../../../training/train/train-state.ts';
import { parameterCount } from '../../../training/train/state-layout.ts';
import { tinyCorpus, untrainedTagger } from '../../support/tiny-training.ts';

const tagger = untrainedTagger();
const { model } = tagger;

/** Parameters of no sense, of a tagger that is too sure of O. */
function parametersWith(outside: number): Float32Array {
  const rng = createRng(2, 'parameters');
  const flat = Float32Array.from({ length: parameterCount(model.parameters) }, () => rng.normal() / 4);
  parameterViews(model.parameters, flat).get('output.bias')!.data[0] = outside;
  return flat;
}

test('is what F1 on dev likes best of a grid, and changes nothing but the score of O', async () => {
  const before = parametersWith(2);
  const copy = before.slice();
  const { parameters, bias, dev } = await fitOutsideBias(before, { tagger, dev: tinyCorpus, threads: 1 });
  expect(before).toEqual(copy);
  const evaluator = await createDevEvaluator({ tagger, dev: tinyCorpus, threads: 1, device: 'cpu' });
  const scores = new Map<number, number>();
  for (let tried = 0; tried <= 3; tried += 0.25) {
    scores.set(tried, (await evaluator.evaluate(parametersWith(2 - tried), 0)).entities.f1);
  }
  await evaluator.release();
  const best = Math.max(...scores.values());
  expect(scores.get(0)).toBeLessThan(best);
  expect(bias).toBe([...scores].find(([, f1]) => f1 === best)![0]);
  expect(dev.f1).toBe(best);
  expect(parameters).toEqual(parametersWith(2 - bias));
});
