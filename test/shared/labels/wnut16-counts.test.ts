import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isBioTag } from '../../../shared/labels/scheme.ts';
import { repairOrphans } from '../../../shared/labels/repair.ts';
import { spansOf } from '../../../shared/labels/spans.ts';

const folder = new URL('../../../../shared/data/wnut16/', import.meta.url);
const absent = !existsSync(folder);

/** The tag column of a split, by sentence. The corpus reader has its own tests; this one sees only tab and blank line. */
function tagsBySentence(split: string): string[][] {
  return readFileSync(new URL(split, folder), 'utf8')
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.slice(line.lastIndexOf('\t') + 1).trim()));
}

describe.skipIf(absent)('the WNUT-16 corpus (skipped where ../shared/data is absent)', () => {
  test.each([
    ['train', { sentences: 2394, tokens: 46469, entities: 1496, longest: 39 }],
    ['dev', { sentences: 1000, tokens: 16261, entities: 661, longest: 41 }],
    ['test', { sentences: 3850, tokens: 61908, entities: 3473, longest: 35 }],
  ])('%s has the published counts and no orphan I-', (split, expected) => {
    const sentences = tagsBySentence(split);
    expect({
      sentences: sentences.length,
      tokens: sentences.reduce((sum, tags) => sum + tags.length, 0),
      entities: sentences.reduce((sum, tags) => sum + spansOf(tags).length, 0),
      longest: Math.max(...sentences.map((tags) => tags.length)),
    }).toEqual(expected);
    expect(sentences.flat().every(isBioTag)).toBe(true);
    expect(sentences.flatMap((tags) => repairOrphans(tags).changed)).toEqual([]);
  });

  test('the test split has the published number of entities of each type', () => {
    const counts: Record<string, number> = {};
    for (const { type } of tagsBySentence('test').flatMap(spansOf)) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({
      company: 621,
      facility: 253,
      'geo-loc': 882,
      movie: 34,
      musicartist: 191,
      other: 584,
      person: 482,
      product: 246,
      sportsteam: 147,
      tvshow: 33,
    });
  });
});
