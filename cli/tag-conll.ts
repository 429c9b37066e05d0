import { spansOf } from '../shared/labels/spans.ts';
import type { Predictor } from '../shared/model/predictor.ts';
import { conllSentences, type ConllSentence } from './conll-stream.ts';
import type { TaggedPart } from './tagged-part.ts';

/**
 * Tags a CoNLL stream. The text is what conlleval reads: `word TAB gold TAB predicted` a line, without gold where there
 * was none, and a blank line after each sentence.
 *
 * @param name what the stream is called in messages
 * @throws {E_CORPUS_MALFORMED} as `conllSentences`
 */
export async function* tagConll(
  input: AsyncIterable<Uint8Array>,
  { name, predictor }: { readonly name: string; readonly predictor: Predictor },
): AsyncGenerator<TaggedPart> {
  for await (const sentences of conllSentences(input, name)) {
    const tags = await predictor.predictWords(sentences.map(({ words }) => words));
    yield {
      text: sentences.map((sentence, i) => asConll(sentence, tags[i]!)).join(''),
      count: sentences.length,
      entities: tags.reduce((sum, ofSentence) => sum + spansOf(ofSentence).length, 0),
      rejected: [],
    };
  }
}

function asConll({ words, gold }: ConllSentence, predicted: readonly string[]): string {
  const lines = words.map((word, i) => (gold === undefined ? [word, predicted[i]] : [word, gold[i], predicted[i]]));
  return `${lines.map((columns) => `${columns.join('\t')}\n`).join('')}\n`;
}
