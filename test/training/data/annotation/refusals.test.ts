import { describe, expect, test } from 'vitest';
import type { AnnotationFormatName } from '../../../../training/data/annotation/index.ts';
import { readAnnotated, writeAnnotated, type Told } from '../../../support/annotated-texts.ts';

const task = (...result: readonly object[]): string =>
  JSON.stringify([
    { data: { text: 'ok' }, annotations: [{ result: [] }] },
    { data: { text: '🚀 Ada' }, annotations: [{ result }] },
  ]);
const region = (value: object): object => ({
  type: 'labels',
  value: { start: 2, end: 5, labels: ['person'], ...value },
});
const lines = (...items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');
const first = { text: 'ok', spans: [] };

const MALFORMED: readonly (readonly [string, AnnotationFormatName, string | Uint8Array, string])[] = [
  [
    'no JSON in an array',
    'label-studio',
    '[{"data":{"text":"a"},"annotations":[{}]},{"data":',
    'E_CORPUS_MALFORMED file: after task 1: cannot be read, got the end of the file in the array',
  ],
  [
    'no UTF-8 in an array',
    'label-studio',
    Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]),
    'E_CORPUS_MALFORMED file: cannot be read, got no UTF-8',
  ],
  [
    'a task without a text',
    'label-studio',
    '[{"data":{"comment":"a"}}]',
    'E_CORPUS_MALFORMED file: task 1: data.text: ',
  ],
  [
    'a region of HTML',
    'label-studio',
    task(region({ start: '/p[1]/text()[1]' })),
    'E_CORPUS_MALFORMED file: task 2: result[0].value: start: ',
  ],
  [
    'a region with two labels',
    'label-studio',
    task(region({ labels: ['a', 'b'] })),
    'E_CORPUS_MALFORMED file: task 2: result[0]: the region has several labels, got a, b',
  ],
  [
    'a region past the end',
    'label-studio',
    task(region({ end: 9 })),
    'E_SPAN_INVALID file: task 2: the span cannot be taken, got person[2, 9); expected a type and 0 <= start < end <= 5 in code points',
  ],
  [
    'a region of another text',
    'label-studio',
    task(region({ text: 'Eve' })),
    'E_SPAN_INVALID file: task 2: the span cannot be taken, got person[2, 5); expected it to cover "Eve", but it covers "Ada"',
  ],
  [
    'words that are not in order',
    'label-studio',
    '[{"data":{"text":"a b","words":[[2,3],[0,1]]},"annotations":[{}]}]',
    'E_CORPUS_MALFORMED file: task 1: word 2 is not in the text or not after the one before, got [0, 1)',
  ],
  [
    'a line that is no JSON',
    'prodigy',
    `${lines(first)}{"text":`,
    'E_CORPUS_MALFORMED file:2: cannot be read, got no JSON',
  ],
  [
    'a line that is no UTF-8',
    'prodigy',
    Buffer.concat([Buffer.from(lines(first)), Buffer.from([0xff])]),
    'E_CORPUS_MALFORMED file:2: cannot be read, got no UTF-8',
  ],
  ['a line that is no object', 'prodigy', `${lines(first)}7\n`, 'E_CORPUS_MALFORMED file:2: the whole: '],
  [
    'an answer that there is not',
    'prodigy',
    lines(first, { text: 'a', answer: 'maybe' }),
    'E_CORPUS_MALFORMED file:2: answer: ',
  ],
  [
    'a span without a label',
    'prodigy',
    lines(first, { text: 'a', spans: [{ start: 0, end: 1 }] }),
    'E_CORPUS_MALFORMED file:2: spans[0].label: ',
  ],
  [
    'a span with an empty label',
    'prodigy',
    lines(first, { text: 'a', spans: [{ start: 0, end: 1, label: '' }] }),
    'E_SPAN_INVALID file:2: ',
  ],
  [
    'an empty span',
    'prodigy',
    lines({ text: 'a', spans: [{ start: 1, end: 1, label: 'x' }] }),
    'E_SPAN_INVALID file:1: ',
  ],
  [
    'offsets that are no whole numbers',
    'spacy',
    '[{"text":"a","ents":[{"start":0.5,"end":1,"label":"x"}]}]',
    'E_CORPUS_MALFORMED file: document 1: ents[0].start: ',
  ],
  [
    'an entity before the text',
    'spacy',
    '[{"text":"a","ents":[{"start":-1,"end":1,"label":"x"}]}]',
    'E_SPAN_INVALID file: document 1: ',
  ],
  [
    'tokens past the end',
    'spacy',
    '[{"text":"a","tokens":[{"id":0,"start":0,"end":2}]}]',
    'E_CORPUS_MALFORMED file: document 1: word 1 ',
  ],
  ['a record without an id', 'tagged', lines({ text: 'a', entities: [] }), 'E_CORPUS_MALFORMED file:1: id: '],
  [
    'a record without a text',
    'tagged',
    lines({ id: '1', entities: [] }),
    'E_CORPUS_MALFORMED file:1: the record has no text, got the id "1"; expected a text. Name the file that was tagged by --texts.',
  ],
  [
    'an entity that cuts a character',
    'tagged',
    lines({ id: '1', text: '🚀', entities: [{ type: 'x', start: 1, end: 2 }] }),
    'E_SPAN_INVALID file:1: ',
  ],
  [
    'an entity of another text',
    'tagged',
    lines({ id: '1', text: 'Ada', entities: [{ type: 'x', start: 0, end: 3, text: 'Eve' }] }),
    'E_SPAN_INVALID file:1: ',
  ],
  ['a line without a tag', 'conll', 'Ada\tB-person\n\nEve\n', 'E_CORPUS_MALFORMED file:3: '],
  ['no UTF-8', 'conll', Buffer.from([0x41, 0x09, 0x4f, 0x0a, 0xff]), 'E_CORPUS_MALFORMED file:2: '],
];

test.each(MALFORMED)('fails when there is %s, in %s', async (_, format, content, refusal) => {
  await expect(readAnnotated(format, content)).rejects.toSatisfy((error: Error & { code?: string }) => {
    expect(`${error.code ?? ''} ${error.message}`.slice(0, refusal.length)).toBe(refusal);
    return true;
  });
});

test('an empty file is no texts', async () => {
  for (const format of ['label-studio', 'prodigy', 'spacy', 'tagged'] as const) {
    expect(await readAnnotated(format, '')).toEqual([]);
    expect(await readAnnotated(format, await writeAnnotated(format, []))).toEqual([]);
  }
});

describe('to CoNLL', () => {
  const text = 'Ada Lovelace in Newtown';
  const span = (type: string, start: number, end: number): { type: string; start: number; end: number } => ({
    type,
    start,
    end,
  });
  const item = (...spans: readonly ReturnType<typeof span>[]): Parameters<typeof writeAnnotated>[1] => [
    { id: '1', text, place: 'file: task 4', spans },
  ];

  test('a span that cuts through a word is widened, and told', async () => {
    const told: Told = { notes: [], left: [] };
    const conll = await writeAnnotated('conll', item(span('person', 0, 6), span('place', 19, 23)), { told });
    expect(conll).toBe('Ada\tB-person\nLovelace\tI-person\nin\tO\nNewtown\tB-place\n\n');
    expect(told.notes).toEqual([
      'file: task 4: person "Ada Lo" cuts through a word; widened to person "Ada Lovelace"',
      'file: task 4: place "town" cuts through a word; widened to place "Newtown"',
    ]);
  });

  test('a span that touches no word is left out, and told', async () => {
    const told: Told = { notes: [], left: [] };
    await writeAnnotated('conll', item(span('person', 3, 4)), { told });
    expect(told).toEqual({
      notes: ['file: task 4: person " " touches no word; left out'],
      left: ['spans without a word'],
    });
  });

  test('fails when spans overlap, also once they are widened, and says what can be done', async () => {
    await expect(writeAnnotated('conll', item(span('a', 0, 5), span('b', 6, 12)))).rejects.toThrow(
      'file: task 4: spans overlap, got b "Lovelace" overlaps a "Ada Lovelace"; expected none in this format. Remove one, or keep the longest with --overlaps longest.',
    );
  });

  test('the longest of spans that overlap is kept when that is asked for, and the others are told', async () => {
    const told: Told = { notes: [], left: [] };
    const conll = await writeAnnotated('conll', item(span('a', 0, 12), span('b', 4, 12)), {
      told,
      overlaps: 'longest',
    });
    expect(conll).toContain('Lovelace\tI-a\n');
    expect(told.notes).toEqual(['file: task 4: b "Lovelace" overlaps a "Ada Lovelace"; left out']);
  });

  test('a text without a word is left out, and told', async () => {
    const told: Told = { notes: [], left: [] };
    const blank = [{ id: '1', text: ' \n', place: 'p', spans: [] }];
    expect(await writeAnnotated('conll', blank, { told })).toBe('');
    expect(told.left).toEqual(['texts without a word']);
  });

  test('words that came with the text stand as they are, unless no CoNLL file can have them', async () => {
    const told: Told = { notes: [], left: [] };
    const words = [
      { start: 0, end: 12 },
      { start: 13, end: 23 },
    ];
    expect(await writeAnnotated('conll', [{ ...item()[0]!, words }])).toBe('Ada Lovelace\tO\nin Newtown\tO\n\n');
    const tab = { id: '1', text: 'a\tb', place: 'p', spans: [], words: [{ start: 0, end: 3 }] };
    expect(await writeAnnotated('conll', [tab], { told })).toBe('a\tO\nb\tO\n\n');
    expect(told.notes).toEqual(['p: its words cannot stand in a CoNLL file; cut anew']);
  });
});

test('to spaCy, fails when entities overlap, and white space at the ends of one is taken off and told', async () => {
  const told: Told = { notes: [], left: [] };
  const spans = [{ type: 'x', start: 0, end: 3 }];
  expect(await writeAnnotated('spacy', [{ id: '1', text: ' a b', place: 'p', spans }], { told })).toContain(
    '"ents":[{"start":1,"end":2,',
  );
  expect(told.notes).toEqual(['p: x " a " narrowed to x "a"']);
  const two = [...spans, { type: 'y', start: 1, end: 4 }];
  await expect(writeAnnotated('spacy', [{ id: '1', text: ' a b', place: 'p', spans: two }])).rejects.toThrow(
    'p: spans overlap',
  );
});
