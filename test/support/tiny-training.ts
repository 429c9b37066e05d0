import type { VectorTable } from '../../shared/features/vector-table.ts';
import { createLabelSet } from '../../shared/labels/label-set.ts';
import { readConll, type Sentence } from '../../shared/corpus/conll.ts';
import { prepareWordTagger, type PreparedWordTagger } from '../../training/job/word-tagger-kind.ts';
import type { WordTaggerSettings } from '../../training/models/word-tagger.ts';
import { defaultModelSettings, defaultTrainSettings, type TrainSettings } from '../../training/train/train-settings.ts';

/** Twelve tweets, three kinds of entities. The sentences are of different lengths, one word among them. */
export const tinyCorpus: readonly Sentence[] = readConll({
  name: 'tiny',
  text: [
    'Ada/B-person Lovelace/I-person is/O in/O Paris/B-geo-loc',
    'I/O love/O Paris/B-geo-loc in/O the/O rain/O',
    'Grace/B-person Hopper/I-person met/O Ada/B-person',
    'new/O iPhone/B-product 6/I-product today/O !/O',
    'off/O to/O New/B-geo-loc York/I-geo-loc with/O Grace/B-person',
    'RT/O @someone/O :/O good/O morning/O everyone/O , have/O a/O nice/O day/O',
    'lol/O',
    'my/O iPhone/B-product fell/O in/O New/B-geo-loc York/I-geo-loc',
    'Ada/B-person and/O Grace/B-person love/O the/O rain/O',
    'good/O night/O',
    'the/O Kindle/B-product is/O better/O than/O the/O iPhone/B-product 6/I-product',
    'morning/O in/O Paris/B-geo-loc , Ada/B-person !/O #paris/O http://t.co/x/O',
  ]
    .map((line) => line.split(' ').map(wordAndTag).join('\n'))
    .join('\n\n'),
});

function wordAndTag(pair: string): string {
  const cut = pair.lastIndexOf('/');
  return cut < 0 ? `${pair}\tO` : `${pair.slice(0, cut)}\t${pair.slice(cut + 1)}`;
}

/** The default tagger with all widths small. */
export const tinyModelSettings: WordTaggerSettings = {
  ...defaultModelSettings,
  features: defaultModelSettings.features
    .filter(({ feature }) => ['word', 'prefix3', 'suffix3', 'shape1'].includes(feature))
    .map((table) => ({ ...table, buckets: 256, width: table.feature === 'word' ? 8 : 4 })),
  characters: 6,
  characterWidth: 3,
  characterFilters: 4,
  width: 12,
  layers: 2,
  lstmUnits: 5,
};

/** Three steps an epoch, in two runs. */
export const tinyTrainSettings: TrainSettings = {
  ...defaultTrainSettings,
  epochs: 3,
  batchSize: 4,
  stepsPerRun: 2,
  learningRate: 0.02,
  mentionReplacement: 0.5,
};

/** Vectors for a few words of the corpus. */
export const tinyVectors: VectorTable = {
  dim: 3,
  index: new Map(['paris', 'ada', 'rain', 'york'].map((word, row) => [word, row])),
  ranks: Int32Array.of(40, 900, 30, 200),
  values: Float16Array.of(1, 0, 0.5, 0, 1, 0, -1, 0.25, 0, 0.75, 0, 1),
};

/** A tagger for the tiny corpus, untrained. */
export function untrainedTagger(
  settings: WordTaggerSettings = tinyModelSettings,
  vectors?: VectorTable,
): PreparedWordTagger {
  const labels = createLabelSet(['person', 'geo-loc', 'product']);
  return prepareWordTagger({ settings, crf: true, train: tinyCorpus, vectors, labels });
}
