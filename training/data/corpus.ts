import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import { type Rng, createRng } from '../../shared/random.ts';
import { type ConllOptions, type Sentence, readConll } from '../../shared/corpus/conll.ts';
import { entityTypes } from '../../shared/corpus/entity-types.ts';
import { type SplitName, findSplitFiles } from '../../shared/corpus/split-names.ts';
import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';

/** A directory with files named after their splits, or the files one by one. */
export type CorpusSource =
  { readonly dir: string } | { readonly train: string; readonly dev?: string; readonly test?: string };

export interface CorpusOptions extends ConllOptions {
  /** Draws the sentences held out when there is no dev file; by default always the same ones. */
  readonly rng?: Rng;
  /** A file of sentences that candidates are measured on: those of them in train or dev are left out there. */
  readonly frozen?: string | undefined;
}

/** A test set that training must not have seen, and how many sentences were left out for it. */
export interface FrozenSentences {
  readonly sha256: string;
  readonly leftOut: { readonly train: number; readonly dev: number };
}

/** How many sentences of the second split have the words of one in the first. */
export interface Overlap {
  readonly trainDev: number;
  readonly trainTest: number;
  readonly devTest: number;
}

export interface Corpus {
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test?: readonly Sentence[];
  readonly devFrom: 'file' | 'held out';
  /** The entity types of train and dev, sorted. Types that only test has cannot be learnt, and test is not looked at. */
  readonly types: readonly string[];
  /** The files, as given or found. */
  readonly files: Readonly<Partial<Record<SplitName, string>>>;
  /** SHA-256 of each file's bytes, in hexadecimal; none for a dev part that was held out. */
  readonly fingerprints: Readonly<Partial<Record<SplitName, string>>>;
  readonly overlap: Overlap;
  readonly frozen?: FrozenSentences;
}

/** The share of train that is held out when there is no dev file. */
const HELD_OUT = 0.1;
/** Tweets repeat ("lol"), so a few common sentences are chance; more than half is the same data twice. */
const OVERLAP_MAX = 0.5;

/**
 * Reads a corpus and makes sure that its splits are separate.
 *
 * @throws {E_CORPUS_NO_TRAIN} see findSplitFiles.
 * @throws {E_SPLIT_OVERLAP} two splits are the same file by path or content, or more than half of one is in another.
 * @throws {E_CORPUS_EMPTY} also when train has a single sentence and no dev file, so that nothing can be held out, and when
 *   nothing is left of a split without the frozen sentences.
 * @throws whatever readConll throws for one of the files.
 */
export function readCorpus(source: CorpusSource, options: CorpusOptions = {}): Corpus {
  const files = filesOf(source);
  const read = new Map<SplitName, { readonly bytes: Uint8Array; readonly sha256: string }>();
  for (const split of ['train', 'dev', 'test'] as const) {
    const file = files[split];
    if (file === undefined) continue;
    const bytes = readBytes(file);
    read.set(split, { bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  const fingerprints = Object.fromEntries([...read].map(([split, { sha256 }]) => [split, sha256]));
  refuseSameFile(files, fingerprints);
  const frozen = options.frozen === undefined ? undefined : readFrozen(options.frozen, options);
  const leftOut = { train: 0, dev: 0 };
  const sentences = (split: SplitName): readonly Sentence[] | undefined => {
    const file = files[split];
    if (file === undefined) return undefined;
    const all = readConll({ name: file, text: decodeUtf8(file, read.get(split)!.bytes) }, options);
    if (frozen === undefined || split === 'test') return all;
    const others = all.filter((sentence) => !frozen.keys.has(keyOf(sentence)));
    leftOut[split] = all.length - others.length;
    if (others.length === 0) throw nothingLeft(file, all.length);
    return others;
  };
  const fromFile = sentences('dev');
  const { train, dev } =
    fromFile === undefined
      ? holdOut(sentences('train')!, files.train, options)
      : { train: sentences('train')!, dev: fromFile };
  const test = sentences('test');
  return {
    train,
    dev,
    ...(test === undefined ? {} : { test }),
    devFrom: fromFile === undefined ? 'held out' : 'file',
    types: entityTypes([...train, ...dev]),
    files,
    fingerprints,
    overlap: measureOverlap({ train, dev, test: test ?? [] }, files),
    ...(frozen === undefined ? {} : { frozen: { sha256: frozen.sha256, leftOut } }),
  };
}

function readFrozen(file: string, { repair = false }: CorpusOptions): FrozenFile {
  const bytes = readBytes(file);
  const all = readConll({ name: file, text: decodeUtf8(file, bytes) }, { repair });
  return { sha256: createHash('sha256').update(bytes).digest('hex'), keys: new Set(all.map(keyOf)) };
}

interface FrozenFile {
  readonly sha256: string;
  readonly keys: ReadonlySet<string>;
}

function nothingLeft(file: string, sentences: number): NerError {
  return new NerError(
    'E_CORPUS_EMPTY',
    `${file}: nothing is left without the frozen test set, got ${sentences} sentences that are all in it; expected others. Give labelled sentences that no model is measured on.`,
  );
}

function filesOf(source: CorpusSource): { readonly train: string } & Readonly<Partial<Record<SplitName, string>>> {
  if (!('dir' in source)) return source;
  const { dir } = source;
  const names = findSplitFiles(dir);
  return {
    train: join(dir, names.train),
    ...(names.dev === undefined ? {} : { dev: join(dir, names.dev) }),
    ...(names.test === undefined ? {} : { test: join(dir, names.test) }),
  };
}

const pairs = [
  ['train', 'dev'],
  ['train', 'test'],
  ['dev', 'test'],
] as const;

function refuseSameFile(
  files: Readonly<Partial<Record<SplitName, string>>>,
  fingerprints: Readonly<Partial<Record<SplitName, string>>>,
): void {
  for (const [a, b] of pairs) {
    const first = files[a];
    const second = files[b];
    if (first === undefined || second === undefined) continue;
    const samePath = realpathSync(first) === realpathSync(second);
    if (!samePath && fingerprints[a] !== fingerprints[b]) continue;
    throw new NerError(
      'E_SPLIT_OVERLAP',
      `corpus: ${a} and ${b} are the same ${samePath ? 'file' : 'content'}, got ${first} and ${second}; expected separate data, or the figures on ${b} mean nothing. Give another file.`,
    );
  }
}

/** A tenth of train, at least one sentence, at random; both parts keep the order of the file. */
function holdOut(
  sentences: readonly Sentence[],
  file: string,
  options: CorpusOptions,
): { readonly train: readonly Sentence[]; readonly dev: readonly Sentence[] } {
  const rng = options.rng ?? createRng(1, 'held-out dev');
  // Copies of one sentence go to the same side, or dev would be known from training.
  const groups = [...Map.groupBy(sentences, keyOf).keys()];
  if (groups.length < 2) {
    throw new NerError(
      'E_CORPUS_EMPTY',
      `${file}: too few sentences to hold out a dev part, got ${groups.length}; expected at least 2 different ones. Give a dev file, or more sentences.`,
    );
  }
  const heldOut = new Set(rng.shuffle(groups).slice(0, Math.max(1, Math.round(groups.length * HELD_OUT))));
  return {
    train: sentences.filter((sentence) => !heldOut.has(keyOf(sentence))),
    dev: sentences.filter((sentence) => heldOut.has(keyOf(sentence))),
  };
}

/** No word contains a line feed, so the words are told apart. */
function keyOf(sentence: Sentence): string {
  return sentence.words.join('\n');
}

function measureOverlap(
  splits: Readonly<Record<SplitName, readonly Sentence[]>>,
  files: Readonly<Partial<Record<SplitName, string>>>,
): Overlap {
  const counts = pairs.map(([a, b]) => {
    const inB = countIn(splits[b], splits[a]);
    const inA = countIn(splits[a], splits[b]);
    const share = Math.max(inB / Math.max(1, splits[b].length), inA / Math.max(1, splits[a].length));
    if (share > OVERLAP_MAX) {
      throw new NerError(
        'E_SPLIT_OVERLAP',
        `corpus: ${a} and ${b} share sentences, got ${inB} of ${splits[b].length} of ${b} (${files[b] ?? 'held out'}) in ${a} (${files[a] ?? 'held out'}), which has ${splits[a].length}; expected separate data, or the figures on ${b} mean nothing. Give another file.`,
      );
    }
    return inB;
  });
  return { trainDev: counts[0]!, trainTest: counts[1]!, devTest: counts[2]! };
}

/** How many of `sentences` have the words of one in `others`. */
function countIn(sentences: readonly Sentence[], others: readonly Sentence[]): number {
  const keys = new Set(others.map(keyOf));
  return sentences.filter((sentence) => keys.has(keyOf(sentence))).length;
}
