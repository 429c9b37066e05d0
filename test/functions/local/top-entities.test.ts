import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTopEntityCounter } from '../../../functions/local/top-entities.ts';

const person = (text: string): { type: string; text: string } => ({ type: 'person', text });

describe('the top entities', () => {
  test('are counted by type and text, whatever the case, shown as first seen', () => {
    const counter = createTopEntityCounter();
    counter.add([person('Tess'), { type: 'geo-loc', text: '#Paris' }]);
    counter.add([
      { type: 'geo-loc', text: 'PARIS' },
      { type: 'person', text: 'Paris' },
    ]);
    expect(counter.top(10).entities).toEqual([
      { type: 'geo-loc', text: '#Paris', count: 2 },
      { type: 'person', text: 'Tess', count: 1 },
      { type: 'person', text: 'Paris', count: 1 },
    ]);
  });

  test('are limited for each type apart, so that a filter finds its own', () => {
    const counter = createTopEntityCounter();
    counter.add([...['a', 'b', 'c'].map(person), { type: 'movie', text: 'd' }]);
    expect(counter.top(2).entities.map(({ text }) => text)).toEqual(['a', 'b', 'd']);
  });

  test('are the exact counts while there is room, and never too high when there is not', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 200 }), (mentions) => {
        const exact = new Map<string, number>();
        const roomy = createTopEntityCounter(100);
        const tight = createTopEntityCounter(2);
        for (const mention of mentions) {
          exact.set(mention, (exact.get(mention) ?? 0) + 1);
          roomy.add([person(mention)]);
          tight.add([person(mention)]);
        }
        const counts = roomy.top(100).entities.map(({ text, count }): [string, number] => [text, count]);
        expect(new Map(counts)).toEqual(exact);
        const kept = tight.top(100).entities;
        expect(kept.length).toBeLessThanOrEqual(4);
        for (const { text, count } of kept) expect(count).toBeLessThanOrEqual(exact.get(text)!);
      }),
    );
  });
});
