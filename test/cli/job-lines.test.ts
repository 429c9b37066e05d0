import { expect, test } from 'vitest';
import { jobLines } from '../../cli/job-lines.ts';

const encoder = {
  type: 'encoder',
  name: 'a/b',
  architecture: 'bert',
  layers: 6,
  width: 384,
  pieces: 30_500,
  rows: 30_522,
} as const;
const corpus = { type: 'corpus', train: 9, dev: 2, test: 0, types: ['person', 'product'], devFrom: 'file' } as const;
const none = { trainDev: 0, trainTest: 0, devTest: 0 };

test('a corpus is said with its types, and with what is in two of its parts', () => {
  expect(jobLines({ ...corpus, overlap: none }, 0)).toEqual([
    'corpus   9 train, 2 dev, 0 test sentences',
    'types    person, product',
  ]);
  const [first, , overlap] = jobLines({ ...corpus, devFrom: 'held out', overlap: { ...none, trainDev: 1 } }, 0);
  expect(first).toBe('corpus   9 train, 2 dev (held out of train, there is no dev file), 0 test sentences');
  expect(overlap).toBe('overlap  1 dev and 0 test sentences are also in train, 0 test sentences in dev');
});

test('tensors that nobody knows are a warning that lists five of them and counts the rest', () => {
  const unexpected = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(jobLines({ ...encoder, unexpected }, 0)).toEqual([
    'encoder  a/b: bert, 6 layers of 384',
    'warning  its weights have tensors that nobody knows: a, b, c, d, e and 2 more',
  ]);
});

test('a tokeniser with far fewer pieces than the weights have rows may be of another model: cased of an uncased one', () => {
  expect(jobLines({ ...encoder, unexpected: [], pieces: 28_996 }, 0)[1]).toBe(
    'warning  its tokeniser has 28,996 pieces and its weights 30,522; make sure that they are of the same model',
  );
});

test('windows are said only where there are long sentences or unseen words', () => {
  expect(jobLines({ type: 'windows', longSentences: 0, unseenWords: 0 }, 0)).toEqual([]);
  expect(jobLines({ type: 'windows', longSentences: 3, unseenWords: 2 }, 0)).toEqual([
    'windows  3 sentences are longer than the model sees at once',
    'unseen   2 words yield no piece and are O',
  ]);
});

test('frozen parameters are counted', () => {
  const start = { type: 'start', sentences: 1, epochs: 2, totalSteps: 4, finishedSteps: 0 } as const;
  expect(jobLines({ ...start, parameters: 5000, trained: 1000 }, 0)).toEqual([
    'model    5,000 parameters (4,000 frozen), 4 steps in 2 epochs',
  ]);
  expect(jobLines({ ...start, parameters: 5000, trained: 5000, epochs: 1 }, 0)).toEqual([
    'model    5,000 parameters, 4 steps in 1 epoch',
  ]);
});
