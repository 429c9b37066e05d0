// A process that tags with the model alone: node measure-tagging.ts MODEL WORKERS TWEETS
import '../../shared/env.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { emit } from '../../shared/model/emitter.ts';
import { createPredictor } from '../../shared/model/predictor.ts';
import { createWorkerPool } from '../../shared/ort/worker-pool.ts';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { benchTweets } from './bench-inputs.ts';
import type { Samples } from './figure.ts';
import { peakMemoryMiB, printSamples } from './in-child.ts';
import { repeat } from './repeat.ts';

const RUNS = { least: 2, most: 3, budgetMs: 2_000 };

/** `predict`: text in, entities out. `emissions`: words in, label scores out, so features and graph alone. */
async function measureTagging(dir: string, workers: number, count: number): Promise<Samples> {
  const bundle = await openBundle(dir);
  const { manifest, files } = bundle;
  const input = await bundleInput(bundle);
  const pool = await createWorkerPool({ model: files.get(manifest.graph.file)!, workers, transferFeeds: true });
  const concurrency = workers + 1;
  const predictor = createPredictor({ manifest, run: pool.run, input, concurrency });
  const labels = manifest.labels.length;
  const texts = benchTweets(count).tweets.map(({ text }) => text);
  const words = texts.map((text) => tokenizeTweet(text).map((token) => token.text));
  const scoreWords = (): Promise<void> =>
    emit(words, () => undefined, { run: pool.run, input, labels, concurrency, maxRows: 32 });
  const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return (1000 * count) / (performance.now() - begun);
  };
  try {
    // The first run compiles, fills the features' cache and lets onnxruntime allocate.
    await predictor.predict(texts);
    const predict = await repeat(RUNS, () => perSecond(() => predictor.predict(texts)));
    const emissions = await repeat(RUNS, () => perSecond(scoreWords));
    return { predict, emissions, memory: [peakMemoryMiB()] };
  } finally {
    await pool.release();
  }
}

const [model, workers, count] = process.argv.slice(2);
printSamples(await measureTagging(model!, Number(workers), Number(count)));
