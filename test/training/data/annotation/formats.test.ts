import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spansOf } from '../../../../shared/labels/spans.ts';
import { tokenizeTweet } from '../../../../shared/text/tweet-tokenizer.ts';
import type { AnnotatedText } from '../../../../training/data/annotation/annotated-text.ts';
import { annotatedTexts, readAnnotated, writeAnnotated, type Told } from '../../../support/annotated-texts.ts';

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly doc: {
      readonly text: string;
      readonly tokens: readonly { readonly start: number; readonly end: number }[];
    };
    readonly entities: readonly (readonly [text: string, label: string])[];
    readonly labelStudio: {
      readonly regions: readonly object[];
      readonly words: readonly string[];
      readonly tags: readonly string[];
    };
  }[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'golden', 'annotation-formats.json'), 'utf8'),
) as Golden;

const covered = ({ text, spans }: AnnotatedText): readonly (readonly string[])[] =>
  spans.map(({ start, end, type }) => [text.slice(start, end), type]);

const plain = ({ id, text, spans }: AnnotatedText): object => ({ id, text, spans });

describe('any text with any spans', () => {
  test.each(['label-studio', 'prodigy', 'tagged'] as const)('survives %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(annotatedTexts(), { maxLength: 3 }), async (texts) => {
        const file = await writeAnnotated(format, texts);
        expect((await readAnnotated(format, file)).map(plain)).toEqual(texts.map(plain));
      }),
      { numRuns: 60 },
    );
  });

  test('survives spaCy, but for white space at the ends of a span and the shorter of two that overlap', async () => {
    await fc.assert(
      fc.asyncProperty(annotatedTexts(), async (item) => {
        const [back] = await readAnnotated('spacy', await writeAnnotated('spacy', [item], { overlaps: 'longest' }));
        expect([back!.id, back!.text]).toEqual([item.id, item.text]);
        for (const { type, start, end } of back!.spans) {
          const at = item.spans.findIndex(
            (span) =>
              span.type === type &&
              span.start <= start &&
              span.end >= end &&
              isSpace(item.text.slice(span.start, start)) &&
              isSpace(item.text.slice(end, span.end)),
          );
          expect(at).toBeGreaterThanOrEqual(0);
        }
        const alone = item.spans.slice(0, 1).filter(({ start, end }) => !isSpace(item.text.slice(start, end)));
        const [single] = await readAnnotated('spacy', await writeAnnotated('spacy', [{ ...item, spans: alone }]));
        expect(single!.spans).toHaveLength(alone.length);
      }),
      { numRuns: 60 },
    );
  });

  test('becomes whole words in CoNLL, which survive every other format', async () => {
    await fc.assert(
      fc.asyncProperty(annotatedTexts(), async (item) => {
        const conll = await writeAnnotated('conll', [item], { overlaps: 'longest' });
        const words = tokenizeTweet(item.text);
        expect(
          conll
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => line.split('\t')[0]),
        ).toEqual(words.map(({ text }) => text));
        // A mark of byte order at the start of a file is none of its first word.
        if (words.length === 0 || words[0]!.text.startsWith('\ufeff')) return;
        const read = await readAnnotated('conll', conll);
        for (const format of ['label-studio', 'prodigy'] as const) {
          const back = await readAnnotated(format, await writeAnnotated(format, read));
          expect(await writeAnnotated('conll', back)).toBe(conll);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function isSpace(text: string): boolean {
  // Python's own isspace: U+001C to U+001F and U+0085 too, and not U+FEFF.
  const more = ['\u001c', '\u001d', '\u001e', '\u001f', '\u0085'];
  return Array.from(text).every(
    (character) => character !== '\ufeff' && (/\s/.test(character) || more.includes(character)),
  );
}

describe.each(golden.cases)('$name', ({ doc, entities, labelStudio }) => {
  test('is read from spaCy as spaCy has it', async () => {
    const [item] = await readAnnotated('spacy', JSON.stringify([doc]));
    expect(covered(item!)).toEqual(entities);
    const words = doc.tokens.map(({ start, end }) => Array.from(doc.text).slice(start, end).join(''));
    expect(item!.words!.map(({ start, end }) => doc.text.slice(start, end))).toEqual(
      words.filter((word) => word.trim() !== ''),
    );
  });

  test('is written for spaCy with its tokens, from its tokens', async () => {
    const [item] = await readAnnotated('spacy', JSON.stringify([doc]));
    const [written] = JSON.parse(await writeAnnotated('spacy', [item!])) as [typeof doc & { readonly ents: unknown }];
    expect([written.ents, written.tokens]).toEqual([(doc as typeof written).ents, doc.tokens]);
  });

  test('is read from Label Studio as its own converter reads it', async () => {
    const regions = labelStudio.regions.map((value) => ({ type: 'labels', from_name: 'l', to_name: 't', value }));
    const task = { id: 7, data: { text: doc.text }, annotations: [{ result: regions }] };
    const [item] = await readAnnotated('label-studio', JSON.stringify([task]));
    expect(covered(item!)).toEqual(entities);
    const { words, tags } = labelStudio;
    const theirs = spansOf(tags).map(({ type, start, end }) => [words.slice(start, end).join(''), type]);
    expect(covered(item!).map(([text, type]) => [text!.replaceAll(' ', ''), type])).toEqual(theirs);
  });
});

describe('offsets after two characters that are pairs of surrogates', () => {
  // 🚀 is one code point and two UTF-16 units: Ada begins at 3 or 5.
  const text = '🚀🚀 Ada';
  const ada = { id: '1', text, place: 'here', spans: [{ type: 'person', start: 5, end: 8 }] };

  test.each([
    ['label-studio', '"start":3,"end":6,"text":"Ada"'],
    ['prodigy', '"spans":[{"start":3,"end":6,"label":"person"'],
    ['spacy', '"ents":[{"start":3,"end":6,"label":"person"}]'],
    ['tagged', '"start":5,"end":8,"startCp":3,"endCp":6'],
  ] as const)('are as %s counts', async (format, offsets) => {
    expect(await writeAnnotated(format, [ada])).toContain(offsets);
  });

  test('are UTF-16 units in what an old Label Studio wrote, which is told', async () => {
    const told: Told = { notes: [], left: [] };
    const value = { start: 5, end: 8, text: 'Ada', labels: ['person'] };
    const tasks = [{ data: { text }, annotations: [{ result: [{ type: 'labels', value }] }] }];
    const [item] = await readAnnotated('label-studio', JSON.stringify(tasks), { told });
    expect(item!.spans).toEqual(ada.spans);
    expect(told.notes).toEqual(['file: task 1: offsets are in UTF-16 units, as old versions wrote them; read as such']);
  });
});

describe('what is for people to correct', () => {
  const found = { id: 'a', text: 'Ada', place: 'p', spans: [{ type: 'person', start: 0, end: 3, score: 0.5 }] };

  test('is a prediction with scores for Label Studio, and then no annotation', async () => {
    const file = await writeAnnotated('label-studio', [found], { as: 'predictions' });
    expect(JSON.parse(file)).toEqual([
      {
        data: { id: 'a', text: 'Ada' },
        predictions: [
          {
            model_version: 'tagwright',
            result: [
              {
                ...{ id: 'span-0', from_name: 'label', to_name: 'text', type: 'labels', score: 0.5 },
                value: { start: 0, end: 3, text: 'Ada', labels: ['person'] },
              },
            ],
          },
        ],
      },
    ]);
    const told: Told = { notes: [], left: [] };
    expect(await readAnnotated('label-studio', file, { told })).toEqual([]);
    expect(told.left).toEqual(['tasks without an annotation']);
  });

  test('has no answer for Prodigy, and whole tokens', async () => {
    expect(JSON.parse(await writeAnnotated('prodigy', [found], { as: 'predictions' }))).toEqual({
      text: 'Ada',
      tokens: [{ text: 'Ada', start: 0, end: 3, id: 0, ws: false }],
      spans: [{ start: 0, end: 3, label: 'person', token_start: 0, token_end: 0, score: 0.5 }],
      meta: { id: 'a' },
    });
  });
});

test('of several annotations the ground truth counts, else the last that was not skipped, and the others are told', async () => {
  const annotation = (type: string, more: object): object => ({
    result: [{ type: 'labels', value: { start: 0, end: 3, labels: [type] } }],
    ...more,
  });
  const task = (...annotations: readonly object[]): object => ({ data: { text: 'Ada' }, annotations });
  const told: Told = { notes: [], left: [] };
  const tasks = [
    task(annotation('a', { ground_truth: true }), annotation('b', {})),
    task(annotation('a', {}), annotation('b', {}), annotation('c', { was_cancelled: true })),
    task(annotation('a', { was_cancelled: true })),
    task({
      result: [
        { type: 'choices', value: { choices: ['x'] } },
        { type: 'labels', value: { start: 0, end: 1, labels: [] } },
      ],
    }),
  ];
  const texts = await readAnnotated('label-studio', JSON.stringify(tasks), { told });
  expect(texts.map(({ id, spans }) => [id, ...spans.map(({ type }) => type)])).toEqual([['1', 'a'], ['2', 'b'], ['4']]);
  expect(told.left).toEqual([
    ...['further annotations of a task', 'further annotations of a task', 'tasks that were skipped'],
    ...['results of type choices', 'regions without a label'],
  ]);
});

test('examples that Prodigy was told to reject or ignore are left out and told', async () => {
  const told: Told = { notes: [], left: [] };
  const lines = ['accept', 'reject', 'ignore', null].map((answer) => JSON.stringify({ text: 'Ada', answer }));
  const texts = await readAnnotated('prodigy', `\ufeff${lines.join('\r\n')}`, { told });
  expect(texts.map(({ id, place }) => [id, place])).toEqual([
    ['1', 'file:1'],
    ['4', 'file:4'],
  ]);
  expect(told.left).toEqual(['examples with the answer reject', 'examples with the answer ignore']);
});
