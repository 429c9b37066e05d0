import type { Entity } from '../../shared/contracts/tweet.ts';
import type { Tagger } from '../../functions/tagger/tagger.ts';

/** A tagger with one rule: the first capitalised word is a person. Text with `poison` in it makes it throw. */
export const plainTagger: Tagger = {
  modelId: '0123456789abcdef',
  tag: async (texts) => {
    if (texts.some((text) => text.includes('poison'))) throw new Error('the text is poison');
    return texts.map(firstName);
  },
};

function firstName(text: string): readonly Entity[] {
  const match = /\b[A-Z][a-z]+/.exec(text);
  if (match === null) return [];
  const [name] = match;
  const start = match.index;
  const startCp = Array.from(text.slice(0, start)).length;
  const end = start + name.length;
  return [{ type: 'person', text: name, start, end, startCp, endCp: startCp + name.length, score: 0.5 }];
}
