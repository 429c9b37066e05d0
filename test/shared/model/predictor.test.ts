import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGGREGATIONS, type Aggregation } from '../../../shared/contracts/aggregation.ts';
import type { Head } from '../../../shared/contracts/manifest.ts';
import { mayFollow } from '../../../shared/decode/constraints.ts';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { parseTag } from '../../../shared/labels/scheme.ts';
import { createPredictor } from '../../../shared/model/predictor.ts';
import type { Predictor, PredictorOptions } from '../../../shared/model/predictor.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { createRng } from '../../../shared/random.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';
import { characterPieces } from '../../support/character-pieces.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';
import { randomTagger } from '../../support/random-tagger.ts';
import { TINY_LABELS } from '../../support/tiny-bundle.ts';
import { tinyInput, tinyTaggerGraph } from '../../support/tiny-tagger.ts';

const L = TINY_LABELS.length;

function manifest(head: Head = { kind: 'linear' }): PredictorOptions['manifest'] {
  return { id: '0123456789abcdef', labels: TINY_LABELS, head, temperature: 1.5 };
}

function randomHead(seed: number): Head {
  const rng = createRng(seed);
  const row = (): number[] => Array.from({ length: L }, () => rng.normal());
  return { kind: 'crf', start: row(), end: row(), transitions: Array.from({ length: L }, row) };
}

function randomPredictor(seed: number, options: Partial<PredictorOptions> = {}): Predictor {
  return createPredictor({ manifest: manifest(randomHead(seed)), ...randomTagger(seed, L), ...options });
}

const pieceInput = createPieceInput(characterPieces, 16);

/** Scores of a piece by its character: `P` is a B-person, `p` less surely an I-geo-loc, all others are O. */
const byPiece: PredictorOptions['run'] = async ({ input_ids: ids }) => {
  const data = new Float32Array(ids!.data.length * L); // [B, T, L]
  for (const [i, id] of (ids!.data as BigInt64Array).entries()) {
    const character = String.fromCharCode(Number(id));
    if (character === 'P') data[i * L + 1] = 6;
    else if (character === 'p') data[i * L + 4] = 3;
    else data[i * L] = 6;
  }
  return { logits: { dtype: 'float32', dims: [...ids!.dims, L], data } };
};

/** Text as tweets have it, and worse: flags, families, skin tones, CJK, combining marks, lone surrogates. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '🇩🇪🇫🇷',
      '👩‍👩‍👧‍👦',
      '👋🏽',
      '東京は雨',
      'Zoë',
      'é'.normalize('NFD'),
      'ठीक',
      '#rain',
      '@ada',
      ' ',
      '\n',
      '\u200b',
      '𝒜𝒹𝒶',
    ],
    ...["Ada's", 'https://t.co/x', '\ud83d', '\ude00', '&amp;', ':-)', 'U.S.', '❤️', '\u202e', 'ﷺ'],
  ),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

describe('createPredictor', () => {
  test('finds entities with a real graph, with offsets in UTF-16 units and code points', async () => {
    const session = await createSession(tinyTaggerGraph());
    const predictor = createPredictor({
      manifest: { ...manifest(), temperature: 1 },
      run: session.run,
      input: tinyInput,
    });
    const [entities, single] = await predictor.predict(['👩‍🚀 Ada Lovelace flew to 東京 🛫', 'Paris']);
    expect(entities).toMatchObject([
      { type: 'person', text: 'Ada Lovelace', start: 6, end: 18, startCp: 4, endCp: 16 },
      { type: 'geo-loc', text: '東京', start: 27, end: 29, startCp: 25, endCp: 27 },
    ]);
    // One word with 4 for its own label and 0 for the others; the two I tags may not stand first.
    const probability = Math.exp(4) / (Math.exp(4) + 2);
    expect(Math.abs(single![0]!.score - probability)).toBeLessThan(tolerance.exactFloat64.rtol);
    await session.release();
  });

  test('cuts the text of every entity out of the original text, in both counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), fc.nat(), async (texts, seed) => {
        const results = await randomPredictor(seed).predict(texts);
        expect(results.length).toBe(texts.length);
        for (const [i, entities] of results.entries()) {
          const original = texts[i]!;
          const codePoints = Array.from(original);
          let last = 0;
          for (const entity of entities) {
            expect(original.slice(entity.start, entity.end)).toBe(entity.text);
            expect(codePoints.slice(entity.startCp, entity.endCp).join('')).toBe(entity.text);
            expect(entity.start).toBeGreaterThanOrEqual(last);
            expect(entity.end).toBeGreaterThan(entity.start);
            expect(entity.score).toBeGreaterThan(0);
            expect(entity.score).toBeLessThanOrEqual(1);
            last = entity.end;
          }
        }
      }),
    );
  });

  test('gives a text what it would get alone, whatever it comes with', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.nat(), async (texts, seed) => {
        const predictor = randomPredictor(seed, { maxRows: 3, concurrency: 3 });
        const alone = await Promise.all(texts.map(async (one) => (await predictor.predict([one]))[0]));
        expect(await predictor.predict(texts)).toEqual(alone);
      }),
    );
  });

  test('tags words as it tags the text they make', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (one, seed) => {
        const predictor = randomPredictor(seed);
        const tokens = tokenizeTweet(one);
        const [tags] = await predictor.predictWords([tokens.map((token) => token.text)]);
        const [entities] = await predictor.predict([one]);
        const begins = tokens.filter((_, i) => tags![i]!.startsWith('B-'));
        expect(entities!.map(({ start }) => start)).toEqual(begins.map(({ start }) => start));
      }),
    );
  });

  test('never breaks the BIO rules, with either head', async () => {
    const sentences = fc.array(fc.array(fc.string({ maxLength: 3 }), { maxLength: 40 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sentences, fc.nat(), fc.boolean(), async (words, seed, crf) => {
        const head = crf ? randomHead(seed) : { kind: 'linear' as const };
        const tagged = await randomPredictor(seed, { manifest: manifest(head) }).predictWords(words);
        expect(tagged.map((tags) => tags.length)).toEqual(words.map((sentence) => sentence.length));
        for (const tags of tagged) {
          const parsed = tags.map((tag) => parseTag(tag)!);
          for (const [i, tag] of parsed.entries()) expect(mayFollow(parsed[i - 1] ?? null, tag)).toBe(true);
        }
      }),
    );
  });

  test('puts a long sentence together from windows as if the graph had seen it whole', async () => {
    const words = fc.array(fc.string({ maxLength: 2 }), { minLength: 10, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(words, fc.nat(), fc.integer({ min: 2, max: 40 }), async (sentence, seed, maxWords) => {
        const head = randomHead(seed);
        // Emissions that depend on the word alone are the same in every window.
        const whole = randomPredictor(seed, { manifest: manifest(head), ...randomTagger(seed, L, 200) });
        const windowed = randomPredictor(seed, {
          manifest: manifest(head),
          ...randomTagger(seed, L, maxWords),
          maxRows: 2,
        });
        expect(await windowed.predictWords([sentence])).toEqual(await whole.predictWords([sentence]));
      }),
    );
  });

  test('scores the tags it gives, at the temperature of the manifest and at 1', async () => {
    const texts = ['Ada flew to Paris', 'rain', '', 'a b c d e f g h i j k l m n o p q r s t u v w x y z'];
    const words = texts.map((one) => tokenizeTweet(one).map((token) => token.text));
    const predictor = randomPredictor(5);
    const scored = await predictor.predictScored(words);
    expect(scored.map(({ tags }) => tags)).toEqual(await predictor.predictWords(words));
    const close = (a: readonly number[], b: readonly number[]): void => {
      expect(a.length).toBe(b.length);
      a.forEach((value, i) => {
        expect(isClose(value, b[i]!, tolerance.exactFloat64)).toBe(true);
      });
    };
    const cold = randomPredictor(5, { manifest: { ...manifest(randomHead(5)), temperature: 1 } });
    const [found, foundCold] = [await predictor.predict(texts), await cold.predict(texts)];
    scored.forEach(({ tags, calibrated, raw }, i) => {
      close(
        calibrated.entities,
        found[i]!.map((entity) => entity.score),
      );
      close(
        raw.entities,
        foundCold[i]!.map((entity) => entity.score),
      );
      expect([calibrated.words.length, raw.words.length]).toEqual([tags.length, tags.length]);
    });
    expect(found.flat().length).toBeGreaterThan(5);
  });

  test('finds by every aggregation what lies in the text, in both counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 4 }),
        fc.constantFrom(...AGGREGATIONS),
        async (texts, aggregation) => {
          const predictor = createPredictor({ manifest: manifest(), run: byPiece, input: pieceInput });
          const found = await predictor.predict(texts, { aggregation });
          expect(found.length).toBe(texts.length);
          for (const [i, entities] of found.entries()) {
            const codePoints = Array.from(texts[i]!);
            for (const { start, end, startCp, endCp, text: cut, score } of entities) {
              expect([texts[i]!.slice(start, end), start < end, score > 0, score <= 1]).toEqual([
                cut,
                true,
                true,
                true,
              ]);
              expect(codePoints.slice(startCp, endCp).join('')).toBe(cut);
            }
          }
        },
      ),
    );
  });

  test('joins pieces or words as the aggregation says', async () => {
    const predictor = createPredictor({ manifest: manifest(), run: byPiece, input: pieceInput });
    const typesOf = async (aggregation: Aggregation): Promise<unknown> =>
      (await predictor.predict(['🛫 PPp O'], { aggregation }))[0]!.map(({ type, text: cut }) => [type, cut]);
    // P is surely B-person, p less surely I-geo-loc.
    expect(await typesOf('none')).toEqual([
      ['B-person', 'P'],
      ['B-person', 'P'],
      ['I-geo-loc', 'p'],
    ]);
    expect(await typesOf('simple')).toEqual([
      ['person', 'P'],
      ['person', 'P'],
      ['geo-loc', 'p'],
    ]);
    for (const strategy of ['first', 'average', 'max'] as const) {
      expect(await typesOf(strategy)).toEqual([['person', 'PPp']]);
    }
  });

  test('takes words for pieces where the graph scores words', async () => {
    const predictor = randomPredictor(5);
    const texts = ['Ada flew to Paris', 'a b c d e f g h i j k l m n o p q r s t u v w x y z'];
    const [first, average] = [
      await predictor.predict(texts, { aggregation: 'first' }),
      await predictor.predict(texts, { aggregation: 'average' }),
    ];
    expect(first.flat().length).toBeGreaterThan(3);
    expect(average).toEqual(first);
  });

  test('finds nothing in nothing', async () => {
    const predictor = randomPredictor(1);
    expect(await predictor.predict(['', ' \n\t', '\u200b\u202e'])).toEqual([[], [], []]);
    expect(await predictor.predict([])).toEqual([]);
    expect(await predictor.predictWords([[], []])).toEqual([[], []]);
  });

  test('runs no more batches at the same time than it is told', async () => {
    const { input, run } = randomTagger(3, L);
    let now = 0;
    let most = 0;
    const counted: PredictorOptions['run'] = async (feeds, outputs) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return run(feeds, outputs);
    };
    const predictor = randomPredictor(3, { input, run: counted, maxRows: 1, concurrency: 3 });
    await predictor.predict(Array.from({ length: 20 }, (_, i) => `word ${i}`));
    expect(most).toBe(3);
  });

  test('fails at once when a run fails, and starts no further ones', async () => {
    const { input } = randomTagger(3, L);
    let runs = 0;
    const run: PredictorOptions['run'] = () => Promise.reject(new Error(`run ${++runs}`));
    const predictor = randomPredictor(3, { input, run, maxRows: 1, concurrency: 1 });
    await expect(predictor.predict(['a', 'b', 'c'])).rejects.toThrow('run 1');
    expect(runs).toBe(1);
  });

  test.each<[string, Awaited<ReturnType<PredictorOptions['run']>>, string]>([
    ['lacks the output', {}, 'got no such output'],
    [
      'has another number of labels',
      { emissions: { dtype: 'float32', dims: [1, 8, 3], data: new Float32Array(24) } },
      'got float32 [1, 8, 3]; expected float32 [1, 8, 5]',
    ],
    [
      'gives other numbers',
      { emissions: { dtype: 'int32', dims: [1, 8, 5], data: new Int32Array(40) } },
      'got int32 [1, 8, 5]',
    ],
  ])('fails when the graph %s', async (_, outputs, message) => {
    const predictor = randomPredictor(1, { run: () => Promise.resolve(outputs) });
    await expect(predictor.predict(['rain'])).rejects.toMatchObject({
      code: 'E_SHAPE_MISMATCH',
      message: expect.stringContaining(message) as string,
    });
  });

  test('fails when the emissions are not numbers', async () => {
    const data = new Float32Array(40).fill(NaN);
    const predictor = randomPredictor(1, {
      run: () => Promise.resolve({ emissions: { dtype: 'float32', dims: [1, 8, 5], data } }),
    });
    await expect(predictor.predict(['rain'])).rejects.toMatchObject({ code: 'E_INTERNAL' });
  });
});
