/**
 * How often tokenizeTweet cuts as the corpora do: `node test/bench/tokenizer-agreement.ts [SPLIT ...]` prints a table to
 * stderr and JSON to stdout. The rules were tuned on the train and dev files; the test file is only measured.
 *
 * joined: the corpus tokens with a space between all of them, so only cuts too many can be wrong. detokenised: with the
 * spaces removed that English writing does not have, so both kinds of mistake show.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { readConll } from '../../shared/corpus/conll.ts';

const data = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

const splits: Readonly<Record<string, string>> = {
  'wnut16-train': 'wnut16/train',
  'wnut16-dev': 'wnut16/dev',
  'wnut16-test': 'wnut16/test',
  'wnut17-train': 'wnut17/wnut17train.conll',
  'wnut17-dev': 'wnut17/emerging.dev.conll',
};

interface Agreement {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Sentences whose tokens are all the same, 0..1. */
  readonly identical: number;
}

/** Whether a space is written between two tokens: `"` opens and closes in turn. */
function isSpaced(left: string, right: string, quotesOpen: boolean): boolean {
  if (/^(?:[.,!?;:)\]}%\u2026\u201d]+["']?|'s|n't|'m|'ve|'re|'ll|'d|\u2019s)$/i.test(right)) return false;
  if (/^[([{\u201c$#]$/.test(left)) return false;
  if (right === '"') return !quotesOpen;
  return !(left === '"' && quotesOpen);
}

function write(
  words: readonly string[],
  naive: boolean,
): { readonly text: string; readonly starts: readonly number[] } {
  let text = '';
  let quotesOpen = false;
  const starts: number[] = [];
  for (const [i, word] of words.entries()) {
    if (i > 0 && (!naive || isSpaced(words[i - 1]!, word, quotesOpen))) text += ' ';
    if (word === '"') quotesOpen = !quotesOpen;
    starts.push(text.length);
    text += word;
  }
  return { text, starts };
}

function measure(
  sentences: readonly (readonly string[])[],
  naive: boolean,
  differences: Map<string, number>,
): Agreement {
  let [correct, predicted, gold, identical] = [0, 0, 0, 0];
  for (const words of sentences) {
    const { text, starts } = write(words, naive);
    const expected = new Set(words.map((word, i) => `${starts[i]!}-${starts[i]! + word.length}`));
    const tokens = tokenizeTweet(text);
    const found = new Set(tokens.map(({ start, end }) => `${start}-${end}`));
    const hits = tokens.filter(({ start, end }) => expected.has(`${start}-${end}`)).length;
    correct += hits;
    predicted += tokens.length;
    gold += words.length;
    if (hits === words.length && hits === tokens.length) identical++;
    for (const [i, word] of words.entries()) {
      if (!found.has(`${starts[i]!}-${starts[i]! + word.length}`))
        differences.set(word, (differences.get(word) ?? 0) + 1);
    }
  }
  const precision = correct / predicted;
  const recall = correct / gold;
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall),
    identical: identical / sentences.length,
  };
}

function main(names: readonly string[]): void {
  const report: Record<string, unknown> = {};
  console.error('split          variant       precision  recall      F1  identical sentences');
  for (const name of names) {
    const file = join(data, splits[name] ?? name);
    if (!existsSync(file)) {
      console.error(`${name}: not present`);
      continue;
    }
    const sentences = readConll(file).map(({ words }) => words);
    for (const variant of ['joined', 'detokenised'] as const) {
      const differences = new Map<string, number>();
      const result = measure(sentences, variant === 'detokenised', differences);
      const missed = [...differences].sort((a, b) => b[1] - a[1]).slice(0, 20);
      report[`${name}/${variant}`] = { ...result, missed: Object.fromEntries(missed) };
      const [p, r, f, i] = [result.precision, result.recall, result.f1, result.identical].map((x) =>
        (100 * x).toFixed(2),
      );
      console.error(
        `${name.padEnd(14)} ${variant.padEnd(12)} ${p!.padStart(10)} ${r!.padStart(7)} ${f!.padStart(7)}  ${i!.padStart(8)} %`,
      );
    }
  }
  console.log(JSON.stringify(report, null, 2));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.slice(2);
  main(asked.length > 0 ? asked : Object.keys(splits));
}
