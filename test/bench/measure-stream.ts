// A process that streams tweets from bytes to stored results: node measure-stream.ts MODEL WORKERS TWEETS
import '../../shared/env.ts';
import { benchTweets } from './bench-inputs.ts';
import type { Samples } from './figure.ts';
import { peakMemoryMiB, printSamples } from './in-child.ts';
import { openTagger } from './open-tagger.ts';
import { repeat } from './repeat.ts';
import { benchStream } from './stream-bench.ts';

const RUNS = { least: 2, most: 3, budgetMs: 4_000 };

async function measureStream(dir: string, workers: number, count: number): Promise<Samples> {
  const { tweets } = benchTweets(count);
  const { tagger, release } = await openTagger(dir, workers);
  try {
    // As a host that has been up for a while: the first run compiles.
    await benchStream({ tagger, tweets: tweets.slice(0, 1_000) });
    const results = await repeat(RUNS, () => benchStream({ tagger, tweets }));
    return { stream: results.map(({ tweetsPerSecond }) => tweetsPerSecond), memory: [peakMemoryMiB()] };
  } finally {
    await release();
  }
}

const [model, workers, count] = process.argv.slice(2);
printSamples(await measureStream(model!, Number(workers), Number(count)));
