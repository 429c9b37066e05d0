import { expect, test } from 'vitest';
import { createWordExamples } from '../../../training/train/word-examples.ts';
import { tinyCorpus, untrainedTagger } from '../../support/tiny-training.ts';

const { encoder, labels } = untrainedTagger();
const maker = createWordExamples(encoder, labels);

test('feeds what serving feeds of the same words, with the tags; an empty row is all masked', async () => {
  const [first, , third] = await maker.make(tinyCorpus);
  const { tags, ...inputs } = maker.feeds([first, third, undefined], 12);
  expect(inputs).toEqual(encoder.encode([tinyCorpus[0]!.words, tinyCorpus[2]!.words, []], 12));
  const row = (sentence: number): number[] => {
    const known = tinyCorpus[sentence]!.tags.map((tag) => labels.indexOf(tag));
    return [...known, ...Array<number>(12 - known.length).fill(0)];
  };
  expect(tags!.dims).toEqual([3, 12]);
  expect([...(tags!.data as Int32Array)]).toEqual([...row(0), ...row(2), ...Array<number>(12).fill(0)]);
  expect([...(inputs['mask']!.data as Float32Array)].slice(24)).toEqual(Array<number>(12).fill(0));
});

test('is as long as its words', async () => {
  const lengths = (await maker.make(tinyCorpus)).map(({ length }) => length);
  expect(lengths).toEqual(tinyCorpus.map(({ words }) => words.length));
});
