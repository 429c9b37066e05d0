import { z } from 'zod';
import { readCorpus } from '../data/corpus.ts';
import { defineRecipe, type RecipeSetting } from './recipe.ts';

/** What both taggers of the recipe owe to the data: test has three times as many entities a word as train. */
const encoderSettings: readonly RecipeSetting[] = [
  {
    path: 'model.words',
    value: {},
    why: 'Uncased pieces do not tell names by their capitals; dev F1 .503 instead of .459.',
  },
  { path: 'loss.kind', value: 'crf', why: 'Entities of several words: tags are chosen together.' },
  {
    path: 'train.groups.headLearningRate',
    value: 1e-3,
    why: 'Head and word features start from nothing, the encoder does not.',
  },
  { path: 'train.groups.crfLearningRate', value: 1e-2, why: 'Few scores that see every sentence may move fast.' },
];

export const twitterWnut16 = defineRecipe({
  name: 'twitter-wnut16',
  summary: 'Ten types of entities in tweets, WNUT 2016',
  source: {
    citation: 'Strauss et al. 2016, Results of the WNUT16 Named Entity Recognition Shared Task',
    url: 'https://aclanthology.org/W16-3919/',
    licence: 'none stated for the data (GPL-3.0 for the code of aritter/twitter_nlp, which has it)',
  },
  input: 'a folder with train, dev and test in CoNLL form',
  options: z.strictObject({}),
  read: async (path) => {
    const { train, dev, test, files } = readCorpus({ dir: path });
    const own = { train: files.train!, dev: files.dev!, ...(files.test === undefined ? {} : { test: files.test }) };
    return { train, dev, ...(test === undefined ? {} : { test }), files: own, notices: [] };
  },
  settings: { encoder: encoderSettings },
  expected: () => ({
    train: { sentences: 2394, tokens: 46_469, entities: 1496 },
    dev: { sentences: 1000, tokens: 16_261, entities: 661 },
    test: { sentences: 3850, tokens: 61_908, entities: 3473 },
  }),
  published: [
    {
      figure: 'BiLSTM-CRF, micro F1 over sub-words, best epoch by test',
      value: 0,
      remark: 'CRF never trained, padding is B-company',
    },
    { figure: 'BERT, the same', value: 0.01 },
    { figure: 'BERT with focal loss, the same', value: 0.17 },
    {
      figure: 'BERT tuned by Hyperband, the same',
      value: 0.25,
      remark: 'tuned on test, one model shared by all trials',
    },
  ],
});
