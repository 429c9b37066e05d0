import { expect, test } from 'vitest';
import { createPredictor } from '../../../shared/model/predictor.ts';
import { createRng } from '../../../shared/random.ts';
import { evaluateTags } from '../../../shared/evaluation/evaluation-report.ts';
import { calibrationReport } from '../../../training/report/calibration-report.ts';
import { measureSplit } from '../../../training/report/measure-split.ts';
import { randomTagger } from '../../support/random-tagger.ts';
import { TINY_LABELS, tinyDraft } from '../../support/tiny-bundle.ts';

test('measureSplit measures the tags of the model, and keeps its confidences and the lines', async () => {
  const manifest = { ...tinyDraft, id: '0123456789abcdef' };
  const predictor = createPredictor({ manifest, ...randomTagger(1, TINY_LABELS.length) });
  const sentences = [
    { words: ['Ada', 'flew'], tags: ['B-person', 'O'], file: 'dev', line: 1 },
    { words: ['to', 'New', 'York'], tags: ['O', 'B-geo-loc', 'I-geo-loc'], file: 'dev', line: 4 },
  ];
  const split = await measureSplit('dev', sentences, predictor);
  const predicted = await predictor.predictWords(sentences.map(({ words }) => words));
  const gold = sentences.map(({ tags }) => tags);
  expect(split.evaluation).toEqual(evaluateTags(gold, predicted, { rng: createRng(0, 'bootstrap') }));
  expect(split.sentences.map((sentence) => [sentence.line, sentence.gold, sentence.predicted])).toEqual([
    [1, gold[0], predicted[0]],
    [4, gold[1], predicted[1]],
  ]);
  expect(calibrationReport(split.sentences)!.words.raw.count).toBe(5);
});
