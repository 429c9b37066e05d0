import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes train.csv, dev.csv and test.csv of reviews.txt in test/fixtures/recipes/geoparser-target, in the form of the geoparser's step-4 files:
 *
 *     node_modules/node/bin/node test/golden/generate/target_reviews.ts
 *
 * All of it is synthetic. Pieces are cut by a rule of thumb (words of more than six letters after the fourth, then every
 * four), and probabilities are drawn from the text, so that the same text gives the same file.
 */

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'geoparser-target');
const KINDS = ['art', 'eve', 'geo', 'gpe', 'nat', 'org', 'per', 'tim'] as const;
const OLD_TAGS = [...KINDS.map((kind) => `B-${kind}`), ...KINDS.map((kind) => `I-${kind}`), 'O'];

interface Row {
  readonly piece: string;
  readonly oldTag: string;
  readonly tag: string;
}

interface Mark {
  readonly role: string | undefined;
  readonly kind: string;
}

function markOf(name: string): Mark {
  const [first, kind] = name.split('/');
  if (first === 'tar' || first === 'inc') return { role: first, kind: kind ?? 'geo' };
  return { role: undefined, kind: first! };
}

function piecesOf(word: string): readonly string[] {
  const lower = word.toLowerCase();
  if (lower.length <= 6) return [lower];
  return [lower.slice(0, 4), ...(lower.slice(4).match(/.{1,4}/gu) ?? []).map((rest) => `##${rest}`)];
}

/** As BERT's own tokeniser has it, punctuation stands alone: `St.` is two words. */
function wordsOf(text: string): readonly string[] {
  return text.split(' ').flatMap((word) => word.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]/gu) ?? []);
}

function rowsOf(review: string): readonly Row[] {
  const rows: Row[] = [{ piece: '[CLS]', oldTag: 'O', tag: 'O' }];
  for (const [, name, marked, plain] of review.matchAll(/\[(\S+) ([^\]]+)\]|(\S+)/gu)) {
    const mark = name === undefined ? undefined : markOf(name);
    let prefix = 'B';
    for (const word of wordsOf(marked ?? plain!)) {
      const oldTag = mark === undefined ? 'O' : `${prefix}-${mark.kind}`;
      const tag = mark?.role === undefined ? 'O' : `${prefix}-${mark.role}`;
      for (const piece of piecesOf(word)) rows.push({ piece, oldTag, tag });
      prefix = 'I';
    }
  }
  return [...rows, { piece: '[SEP]', oldTag: 'O', tag: 'O' }];
}

/** In thousandths: the best tag has 700 to 999, the next one of the list or O most of the rest. */
function probabilities(oldTag: string, seed: number): readonly number[] {
  const best = OLD_TAGS.indexOf(oldTag);
  const share = 700 + (seed % 300);
  const other = best === OLD_TAGS.length - 1 ? OLD_TAGS.indexOf('B-geo') : OLD_TAGS.length - 1;
  const much = Math.floor((1000 - share) * 0.8);
  const next = OLD_TAGS.findIndex((_, i) => i !== best && i !== other);
  return OLD_TAGS.map((_, i) => (i === best ? share : i === other ? much : i === next ? 1000 - share - much : 0));
}

function hash(text: string): number {
  let sum = 0;
  for (const character of text) sum = (Math.imul(sum, 31) + character.codePointAt(0)!) >>> 0;
  return sum;
}

const quoted = (text: string): string => (/[",]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const decimal = (thousandths: number): string => {
  const text = (thousandths / 1000).toString();
  return text.includes('.') ? text : `${text}.0`;
};

const reviews = readFileSync(join(FOLDER, 'reviews.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const header = ['Sentence #', 'Word', ...OLD_TAGS, 'old_tag', 'Tag'].join(',');

function linesOf(review: string, i: number): readonly string[] {
  return rowsOf(review).map(({ piece, oldTag, tag }, r) => {
    const shares = probabilities(oldTag, hash(`${i} ${r} ${piece}`)).map(decimal);
    return [String(i), quoted(piece), ...shares, oldTag, tag].join(',');
  });
}

/** Of five reviews in a row three are train, the fourth is dev, the fifth is test. */
const SPLITS = { train: [0, 1, 2], dev: [3], test: [4] } as const;
for (const [split, places] of Object.entries(SPLITS)) {
  const lines = reviews.flatMap((review, i) =>
    (places as readonly number[]).includes(i % 5) ? linesOf(review, i) : [],
  );
  writeFileSync(join(FOLDER, `${split}.csv`), `${[header, ...lines].join('\n')}\n`);
}
