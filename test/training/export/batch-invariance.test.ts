import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPredictor, type Predictor } from '../../../shared/model/predictor.ts';
import { createWorkerPool } from '../../../shared/ort/worker-pool.ts';
import { createRng } from '../../../shared/random.ts';
import { openTokenizer } from '../../../shared/text/tokenizer.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';
import { readEncoderConfig } from '../../../training/models/encoder-config.ts';
import { readWeights } from '../../../training/models/encoder-weights.ts';
import { readEncoderFolder } from '../../../training/models/pretrained-encoder.ts';
import { createEncoder } from '../../../training/models/transformer-encoder.ts';
import {
  RANDOM_LABELS,
  randomEncoderTagger,
  randomParts,
  type RandomEncoderTagger,
} from '../../support/random-encoder-tagger.ts';
import { sharedFolder } from '../../support/shared-corpora.ts';
import { SAMPLE } from '../../support/trained-bundle.ts';
import { tinyTokenizerFile } from '../../support/tiny-word-piece.ts';

type Sentences = readonly (readonly string[])[];

const wordsOf = (text: string): readonly string[] => tokenizeTweet(text).map((token) => token.text);

/** What `tag` gives with a predictor on the graph, in a pool as serving has it. */
async function withGraph<T>(
  { input }: RandomEncoderTagger,
  model: Uint8Array,
  tag: (predictor: Predictor) => Promise<T>,
): Promise<T> {
  const workers = availableParallelism();
  const pool = await createWorkerPool({ model, workers, transferFeeds: true });
  const manifest = { id: 'random', labels: RANDOM_LABELS, head: { kind: 'linear' }, temperature: 1 } as const;
  try {
    return await tag(createPredictor({ manifest, run: pool.run, input, concurrency: workers + 1 }));
  } finally {
    await pool.release();
  }
}

/** The tags of each sentence, tagged in random company, as text. */
async function tagsInParts(predictor: Predictor, sentences: Sentences, seed: number): Promise<string[]> {
  const tags = sentences.map(() => '');
  const numbered = sentences.map((words, index) => ({ words, index }));
  for (const part of randomParts(numbered, 128, createRng(seed, 'company'))) {
    const found = await predictor.predictWords(part.map(({ words }) => words));
    part.forEach(({ index }, i) => (tags[index] = found[i]!.join(' ')));
  }
  return tags;
}

/** The share of sentences that get the same tags in two random groupings. */
async function shareOfSame(predictor: Predictor, sentences: Sentences): Promise<number> {
  const [first, second] = [await tagsInParts(predictor, sentences, 1), await tagsInParts(predictor, sentences, 2)];
  // A tagger that finds nothing would agree with itself whatever it computed.
  expect(first.filter((tags) => tags.includes('B-')).length).toBeGreaterThan(sentences.length / 3);
  return first.filter((tags, i) => tags === second[i]).length / sentences.length;
}

describe('the tags of a tweet do not depend on the tweets beside it', () => {
  const lines = readFileSync(join(SAMPLE, 'stream.ndjson'), 'utf8').trimEnd().split('\n');
  const sentences = lines.slice(0, 80).map((line) => wordsOf((JSON.parse(line) as { readonly text: string }).text));

  test('with random weights of the widths of MiniLM, in fp32 and in int8', { timeout: 120_000 }, async () => {
    const tokenizer = await openTokenizer(new Map([['tokenizer.json', tinyTokenizerFile('tokenizer.json')]]), 'tiny');
    const config = readEncoderConfig({
      model_type: 'bert',
      vocab_size: tokenizer.vocabSize,
      hidden_size: 384,
      num_hidden_layers: 2,
      num_attention_heads: 12,
      intermediate_size: 1536,
      max_position_embeddings: 128,
    });
    const tagger = await randomEncoderTagger({ config, tokenizer, sentences: sentences.slice(0, 16) });
    expect(await withGraph(tagger, tagger.fp32, (predictor) => shareOfSame(predictor, sentences))).toBe(1);
    expect(await withGraph(tagger, tagger.int8, (predictor) => shareOfSame(predictor, sentences))).toBe(1);
  });

  const encoderFolder = join(sharedFolder, 'encoders', 'minilm-l6-uncased');
  const tweetsFile = join(sharedFolder, 'data', 'raw', 'gurez.10000');

  // Weights and tweets are not committed: the test needs them beside the repository.
  test.skipIf(!existsSync(encoderFolder) || !existsSync(tweetsFile))(
    'with MiniLM, for 10,000 tweets: all of them in fp32, at least 99.9 % in int8',
    { timeout: 1_800_000 },
    async () => {
      const tweets = readFileSync(tweetsFile, 'utf8').trimEnd().split('\n').map(wordsOf);
      expect(tweets).toHaveLength(10_000);
      const { config, tokenizer, readWeights: readFile } = await readEncoderFolder(encoderFolder);
      const source = { architecture: config.architecture, source: 'minilm' };
      const { values } = readWeights(createEncoder(config).parameters, readFile(), source);
      const tagger = await randomEncoderTagger({ config, tokenizer, values, sentences: tweets.slice(0, 256) });
      expect(await withGraph(tagger, tagger.fp32, (predictor) => shareOfSame(predictor, tweets))).toBe(1);
      const int8 = await withGraph(tagger, tagger.int8, (predictor) => shareOfSame(predictor, tweets));
      expect(int8).toBeGreaterThanOrEqual(0.999);
    },
  );
});
