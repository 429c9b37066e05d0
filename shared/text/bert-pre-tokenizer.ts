import { SPACE, STANDS_ALONE, kindOf } from './bert-character.ts';
import type { NormalizedText } from './normalized-text.ts';

/**
 * The BertPreTokenizer of the `tokenizers` library (0.23.3): cuts `text` within [from, to) at white space, which is
 * left out, and makes each punctuation character a part of its own. In ASCII all that is no letter, digit, white space
 * or control counts as punctuation (`$`, `@`, `^`).
 */
export function preTokenize(
  { codes }: NormalizedText,
  [from, to]: readonly [from: number, to: number],
  visit: (start: number, end: number) => void,
): void {
  let start = from;
  for (let i = from; i < to; i++) {
    const kind = kindOf(codes[i]!);
    if ((kind & (SPACE | STANDS_ALONE)) === 0) continue;
    if (i > start) visit(start, i);
    if ((kind & STANDS_ALONE) !== 0) visit(i, i + 1);
    start = i + 1;
  }
  if (to > start) visit(start, to);
}
