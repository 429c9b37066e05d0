import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWordEncoder } from '../../../shared/features/word-encoder.ts';
import { tinyCorpus, untrainedTagger, tinyVectors } from '../../support/tiny-training.ts';

const { encoder } = untrainedTagger(undefined, tinyVectors);
const fresh = (): typeof encoder => createWordEncoder(encoder.settings, tinyVectors);

const known = tinyCorpus.flatMap((sentence) => sentence.words);
const word = fc.oneof(fc.constantFrom(...known), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }));
const sentence = fc.array(word, { maxLength: 6 });

describe('encodeSentence', () => {
  test('depends on its words alone, not on what came before', () => {
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 3 }), sentence, (before, words) => {
        const used = fresh();
        for (const other of before) used.encodeSentence(other);
        expect(used.encodeSentence(words)).toEqual(fresh().encodeSentence(words));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('leaves the words alone and gives new arrays each time', () => {
    const words = Object.freeze(['Ada', 'in', 'Paris']);
    const first = encoder.encodeSentence(words);
    const { ids, characters, flags, vectors } = encoder.encodeSentence(words);
    for (const array of [first.ids, first.characters, first.flags, first.vectors]) array.fill(7);
    expect(encoder.encodeSentence(words)).toEqual({ length: 3, ids, characters, flags, vectors });
  });

  test('encodes a sentence of no words as nothing', () => {
    const { length, ...arrays } = encoder.encodeSentence([]);
    expect(length).toBe(0);
    for (const array of Object.values(arrays)) expect(array).toHaveLength(0);
  });
});

describe('encode', () => {
  test('gives each row what its sentence has alone, zeros after it, whatever the rows beside it', () => {
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 4 }), fc.nat(3), (sentences, extra) => {
        const paddedLength = Math.max(1, ...sentences.map((words) => words.length)) + extra;
        const batch = encoder.encode(sentences, paddedLength);
        for (const [name, { dims, data }] of Object.entries(batch)) {
          expect(dims.slice(0, 2)).toEqual([sentences.length, paddedLength]);
          const rowSize = data.length / sentences.length;
          sentences.forEach((words, row) => {
            const alone = encoder.encode([words], paddedLength)[name]!;
            expect([...data.slice(row * rowSize, (row + 1) * rowSize)]).toEqual([...alone.data]);
            const used = (words.length * rowSize) / paddedLength;
            expect([...alone.data.slice(used)].every((value) => value === 0)).toBe(true);
          });
        }
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  test('has the numbers of encodeSentence', () => {
    const words = ['Grace', 'off', 'to', '#paris'];
    const alone = encoder.encodeSentence(words);
    const batch = encoder.encode([words], 4);
    for (const name of ['ids', 'characters', 'flags', 'vectors'] as const) {
      expect(batch[name]!.data).toEqual(alone[name]);
    }
    expect([...batch['mask']!.data]).toEqual([1, 1, 1, 1]);
  });
});
