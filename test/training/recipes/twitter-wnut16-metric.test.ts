import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { entityReport, type EntityReport } from '../../../shared/evaluation/evaluation-report.ts';
import { openTokenizer } from '../../../shared/text/tokenizer.ts';
import { readConll } from '../../../shared/corpus/conll.ts';
import type { MeasuredSentence } from '../../../training/report/report-input.ts';
import { tagsOfPaddedWords, tagsOfPieces, type OldTags } from '../../../training/recipes/twitter-wnut16-metric.ts';
import { sharedFolder } from '../../support/shared-corpora.ts';
import { bioTags } from '../../support/tag-arbitraries.ts';
import { measured } from '../../support/tiny-report.ts';

const reportOf = ({ gold, predicted }: OldTags): EntityReport => entityReport(gold, predicted, { mode: 'default' });

describe('tagsOfPieces', () => {
  test('gives each piece the tag of its word, and cuts behind position 39, [CLS] and [SEP] among them', () => {
    const long = measured(Array.from({ length: 40 }, (_, i) => `w${i}/${i === 36 ? 'B-x' : 'O'}`).join(' '));
    const sentences = [measured('Lisbon/B-geo-loc|O Web/B-other Summit/I-other ⃣/O'), long];
    const pieces = [[3, 1, 2, 0], long.words.map(() => 1)];
    const { gold, predicted } = tagsOfPieces(sentences, pieces);
    // By hand: three pieces of Lisbon, one of Web, two of Summit; the last word yields none.
    expect(gold[0]).toEqual(['B-geo-loc', 'B-geo-loc', 'B-geo-loc', 'B-other', 'I-other', 'I-other']);
    expect(predicted[0]).toEqual(['O', 'O', 'O', 'B-other', 'I-other', 'I-other']);
    // Position 0 is [CLS], so that w0 to w36 take 1 to 37 and [SEP] is 38.
    expect([gold[1]!.length, gold[1]!.at(-1)]).toEqual([37, 'B-x']);
    // Three entities of Lisbon are missed and the one of two words is found: recall 1/4.
    expect(reportOf({ gold: [gold[0]!], predicted: [predicted[0]!] }).micro).toEqual({
      precision: 1,
      recall: 0.25,
      f1: 0.4,
      support: 4,
    });
  });

  test('of words with a piece each and no end is what is measured anyway', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bioTags, bioTags), { maxLength: 5 }), (pairs) => {
        const sentences = pairs.map(([gold, other]): MeasuredSentence => ({
          words: gold.map(() => 'w'),
          gold,
          predicted: gold.map((_, i) => other[i] ?? 'O'),
        }));
        const pieces = sentences.map(({ words }) => words.map(() => 1));
        expect(tagsOfPieces(sentences, pieces, Infinity)).toEqual({
          gold: sentences.map(({ gold }) => gold),
          predicted: sentences.map(({ predicted }) => predicted),
        });
      }),
    );
  });
});

describe('tagsOfPaddedWords', () => {
  test('pads to 39 with O and drops what has the id of padding, in gold; predictions of it elsewhere stay', () => {
    const { gold, predicted } = tagsOfPaddedWords([
      measured('Apple/B-company Inc/I-company is/O|B-company in/O Rome/B-geo-loc'),
    ]);
    const padding = Array.from({ length: 34 }, () => 'O');
    expect(gold).toEqual([['I-company', 'O', 'O', 'B-geo-loc', ...padding]]);
    expect(predicted).toEqual([['I-company', 'B-company', 'O', 'B-geo-loc', ...padding]]);
  });

  test('keeps the last 39 words of a longer sentence, as pad_sequences does', () => {
    const { gold } = tagsOfPaddedWords([measured(`a/B-x ${'w/O '.repeat(38)}z/B-y`)]);
    expect([gold[0]!.length, gold[0]![0], gold[0]!.at(-1)]).toEqual([39, 'O', 'B-y']);
  });
});

const data = join(sharedFolder, 'data', 'wnut16');
const encoder = join(sharedFolder, 'encoders', 'minilm-l6-uncased');

// Neither may be committed: the test needs them beside the repository. Counts are those of the notebook's evaluations.
describe.skipIf(!existsSync(data) || !existsSync(encoder))('on the test set of WNUT16', () => {
  let sentences: readonly MeasuredSentence[];

  beforeAll(() => {
    const file = { name: 'test', text: readFileSync(join(data, 'test'), 'utf8') };
    sentences = readConll(file).map(({ words, tags }) => ({ words, gold: tags, predicted: tags }));
  });

  test('words padded to 39 are 149,529 cells, 144,195 of them O, with 3,029 entities', () => {
    const tags = tagsOfPaddedWords(sentences);
    const cells = tags.gold.flat();
    expect([cells.length, cells.filter((tag) => tag === 'O').length]).toEqual([149_529, 144_195]);
    const { micro, perType } = reportOf(tags);
    expect([micro.support, perType['company']!.support]).toEqual([3029, 177]);
  });

  test("pieces of bert-base-uncased's vocabulary have 5,751 entities, and 5,820 where nothing is cut off", async () => {
    const files = ['tokenizer.json', 'tokenizer_config.json'].map((name): [string, Uint8Array] => [
      name,
      readFileSync(join(encoder, name)),
    ]);
    const tokenizer = await openTokenizer(new Map(files), encoder);
    const encodings = await tokenizer.encodeSentences(sentences.map(({ words }) => words));
    const pieces = sentences.map(({ words }, i) =>
      words.map((_, word) => encodings[i]!.wordIds.filter((id) => id === word).length),
    );
    const { micro, perType } = reportOf(tagsOfPieces(sentences, pieces));
    const support = Object.fromEntries(Object.entries(perType).map(([type, figures]) => [type, figures.support]));
    expect(support).toEqual({
      company: 1322,
      facility: 381,
      'geo-loc': 1224,
      movie: 66,
      musicartist: 320,
      other: 1001,
      person: 718,
      product: 409,
      sportsteam: 243,
      tvshow: 67,
    });
    expect(micro).toEqual({ precision: 1, recall: 1, f1: 1, support: 5751 });
    expect(reportOf(tagsOfPieces(sentences, pieces, Infinity)).micro.support).toBe(5820);
    // Labels on first pieces, cut at 39: 34 of the 3,473 entities are lost.
    const first = sentences.map(({ gold }, i) =>
      gold
        .flatMap((tag, word) =>
          pieces[i]![word]! === 0 ? [] : [tag, ...Array.from({ length: pieces[i]![word]! - 1 }, () => '-100')],
        )
        .slice(0, 37)
        .filter((tag) => tag !== '-100'),
    );
    expect(reportOf({ gold: first, predicted: first }).micro.support).toBe(3439);
  });
});
