/**
 * How many tweets a second one core cuts into word pieces: `node test/bench/word-piece-speed.ts [TOKENIZER_JSON]`
 * prints a table. Time is that of the processor, so that other work on the machine hardly matters. The tokeniser is
 * warm, but the tweets are new to it: it has seen 30,000 others.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTokenizerJson } from '../../shared/text/tokenizer-json.ts';
import { createWordPiece } from '../../shared/text/word-piece.ts';
import { figureOf, formatFigures } from './figure.ts';

const ROUNDS = 9;
const shared = join(import.meta.dirname, '..', '..', '..', 'shared');
const [file = join(shared, 'encoders', 'minilm-l6-uncased', 'tokenizer.json')] = process.argv.slice(2);
const seenFiles = ['ile', 'palm', 'rigo'];

function tweets(name: string): readonly string[] {
  return readFileSync(join(shared, 'data', 'raw', `${name}.10000`), 'utf8')
    .split('\n')
    .slice(0, -1);
}

/** Tweets for each second of processor time. */
function speed<T>(inputs: readonly T[], encode: (input: T) => unknown): number {
  const begun = process.cpuUsage();
  for (const input of inputs) encode(input);
  const { user, system } = process.cpuUsage(begun);
  return inputs.length / ((user + system) / 1e6);
}

function measure(): void {
  const { wordPiece: options } = readTokenizerJson(readFileSync(file), { source: file });
  const seen = seenFiles.flatMap(tweets);
  const fresh = tweets('gurez');
  const freshWords = fresh.map((text) => text.split(' '));
  const samples: Record<'texts' | 'words' | 'uncached', number[]> = { texts: [], words: [], uncached: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, cachedWords] of [
      ['texts', undefined],
      ['words', undefined],
      ['uncached', 0],
    ] as const) {
      // prettier-ignore
      const wordPiece = createWordPiece(cachedWords === undefined ? options : { ...options, cachedWords });
      for (const text of seen) wordPiece.encodeText(text);
      samples[name].push(
        name === 'words'
          ? speed(freshWords, (words) => wordPiece.encodeWords(words))
          : speed(fresh, (text) => wordPiece.encodeText(text)),
      );
    }
  }
  const quantity = { unit: 'tweets/s', data: '10,000 of gurez.10000' } as const;
  const figures = [
    figureOf({ ...quantity, name: 'word pieces of texts, one core', atLeast: 50_000 }, samples.texts),
    figureOf({ ...quantity, name: 'word pieces of words, one core', atLeast: 50_000 }, samples.words),
    figureOf({ ...quantity, name: 'word pieces of texts, no cache, one core' }, samples.uncached),
  ];
  console.log(formatFigures(figures));
}

if (existsSync(file) && existsSync(join(shared, 'data', 'raw'))) measure();
else console.log(`nothing to measure: ${file} and the raw tweets beside the repository are needed`);
