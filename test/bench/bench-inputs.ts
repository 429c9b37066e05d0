import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import { parseTweets } from '../../shared/stream/parse-tweets.ts';

const root = join(import.meta.dirname, '..', '..');

/** Real data, where they lie beside the repository. */
const realData = join(root, '..', 'shared', 'data');

/** WNUT16, and the encoder that benchmarks fine-tune. */
export const realCorpus: string = join(realData, 'wnut16');
export const realEncoder: string = join(root, '..', 'shared', 'encoders', 'minilm-l6-uncased');

export const sampleCorpus: string = join(root, 'data', 'sample');

/** Corpora to train on: the sample, and WNUT16 where it is there. */
export function corpora(): readonly string[] {
  return [sampleCorpus, realCorpus].filter((dir) => existsSync(join(dir, 'train')));
}

export interface BenchTweets {
  /** What they are, for people. */
  readonly name: string;
  /** With distinct ids. */
  readonly tweets: readonly Tweet[];
}

/** So many tweets: real ones where they are there, else the bundled ones over and over. */
export function benchTweets(count: number): BenchTweets {
  const real = join(realData, 'raw', 'gurez.10000');
  const file = existsSync(real) ? real : join(sampleCorpus, 'stream.ndjson');
  const format = file === real ? 'text' : 'ndjson';
  const { tweets } = parseTweets(readFileSync(file), { name: basename(file), format });
  const repeated = Array.from({ length: count }, (_, i) => ({ ...tweets[i % tweets.length]!, id: String(i) }));
  const times = count > tweets.length ? `, ${(count / tweets.length).toFixed(1)} times over` : '';
  return { name: `${count.toLocaleString('en')} of ${basename(file)}${times}`, tweets: repeated };
}

/** A path as people see it from the repository. */
export function shownPath(path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
