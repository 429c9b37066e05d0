import type { Predictor } from '../../shared/model/predictor.ts';
import { createRng } from '../../shared/random.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { evaluateTags } from '../../shared/evaluation/evaluation-report.ts';
import type { MeasuredSplit } from './report-input.ts';

/**
 * Tags the sentences of a split with confidences and measures the tags, for a report. The interval comes from a fixed
 * seed, so that whoever measures the same tags again gets the same figures.
 *
 * @throws {E_SHAPE_MISMATCH} when the graph does not give what the labels ask for
 */
export async function measureSplit(
  name: string,
  labelled: readonly Sentence[],
  predictor: Pick<Predictor, 'predictScored'>,
): Promise<MeasuredSplit> {
  const scored = await predictor.predictScored(labelled.map((sentence) => sentence.words));
  const sentences = labelled.map(({ words, tags, line }, i) => {
    const { tags: predicted, raw, calibrated } = scored[i]!;
    return { words, gold: tags, predicted, confidences: { raw, calibrated }, line };
  });
  const evaluation = evaluateTags(
    sentences.map(({ gold }) => gold),
    sentences.map(({ predicted }) => predicted),
    { rng: createRng(0, 'bootstrap') },
  );
  return { name, evaluation, sentences };
}
