import {
  ACCENT,
  CAPITAL_I_WITH_DOT,
  COMBINES,
  DECOMPOSES,
  DOT_ABOVE,
  DROPS,
  IDEOGRAPH,
  REPLACEMENT,
  SPACE,
  combiningClassOf,
  decompositionOf,
  kindOf,
  lowerCaseOf,
} from './bert-character.ts';
import { NormalizedTextBuffer, type NormalizedText } from './normalized-text.ts';

/** What BertNormalizer does, in this order. */
export interface BertNormalizerOptions {
  /** Drop controls, format characters and private use; make all white space U+0020. */
  readonly cleanText: boolean;
  /** Put a space before and after each ideograph. */
  readonly handleChineseChars: boolean;
  /** NFD, then drop nonspacing marks. Default: as `lowercase`. */
  readonly stripAccents?: boolean | undefined;
  readonly lowercase: boolean;
}

/** Normalises a text; the result is good until the next call. Half a surrogate pair counts as U+FFFD, as in UTF-8. */
export type BertNormalizer = (text: string) => NormalizedText;

const SPACE_CODE = 0x20;
const ASCII_DROPPED = -1;

/** A character that waits for its neighbours, to be sorted by NFD. */
interface Pending {
  readonly code: number;
  readonly combiningClass: number;
  /** Whether it is the first of its decomposition (or has none), and so used up a character of the text. */
  readonly isFirst: boolean;
}

/**
 * The BertNormalizer of the `tokenizers` library (0.23.3), and its alignment: which range of the text each character of
 * the result stands for. NFD sorts marks but not their ranges: the first mark of the result has the range of the first
 * of the text, whichever mark it is.
 */
export function createBertNormalizer(options: BertNormalizerOptions): BertNormalizer {
  const { cleanText, handleChineseChars, lowercase, stripAccents = lowercase } = options;
  const out = new NormalizedTextBuffer();

  const lowered = (code: number, start: number, end: number): void => {
    if (!lowercase) out.push(code, start, end);
    else {
      out.push(lowerCaseOf(code), start, end);
      if (code === CAPITAL_I_WITH_DOT) out.push(DOT_ABOVE, start, end);
    }
  };

  const sorter = createMarkSorter((code, start, end) => {
    if ((kindOf(code) & ACCENT) === 0) lowered(code, start, end);
  });
  const decomposed = (code: number, start: number, end: number): void => {
    const kind = kindOf(code);
    if ((kind & (DECOMPOSES | COMBINES)) !== 0) sorter.push(code, start, end);
    else {
      sorter.flush();
      // Marks without a combining class are accents all the same.
      if ((kind & ACCENT) === 0) lowered(code, start, end);
    }
  };
  const spread = stripAccents ? decomposed : lowered;

  const cleaned = (code: number, start: number, end: number): void => {
    const kind = kindOf(code);
    if (cleanText && (kind & SPACE) !== 0 && (kind & DROPS) === 0) spread(SPACE_CODE, start, end);
    else if (cleanText && (kind & DROPS) !== 0) return;
    else if (handleChineseChars && (kind & IDEOGRAPH) !== 0) {
      spread(SPACE_CODE, start, end);
      spread(code, start, end);
      spread(SPACE_CODE, start, end);
    } else spread(code, start, end);
  };

  const ascii = Int8Array.from({ length: 0x80 }, (_, code) => {
    const kind = kindOf(code);
    if (cleanText && (kind & DROPS) !== 0) return ASCII_DROPPED;
    if (cleanText && (kind & SPACE) !== 0) return SPACE_CODE;
    return lowercase ? lowerCaseOf(code) : code;
  });

  return (text) => {
    out.clear();
    for (let i = 0; i < text.length;) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        const code = ascii[unit]!;
        if (code !== ASCII_DROPPED) {
          sorter.flush();
          out.push(code, i, i + 1);
        }
        i++;
        continue;
      }
      const point = text.codePointAt(i)!;
      const end = point > 0xffff ? i + 2 : i + 1;
      cleaned(point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point, i, end);
      i = end;
    }
    sorter.flush();
    return out;
  };
}

/** Decomposes characters and hands them on in canonical order, the ranges in the order of the text. */
function createMarkSorter(handOn: (code: number, start: number, end: number) => void): {
  push: (code: number, start: number, end: number) => void;
  flush: () => void;
} {
  const pending: Pending[] = [];
  /** The ranges of those in `pending` that are first, in the order of the text. */
  const ranges: (readonly [start: number, end: number])[] = [];
  /** The range that was used last; what a character decomposes into further has it too. */
  let range: readonly [start: number, end: number] = [0, 0];

  const flush = (): void => {
    if (pending.length === 0) return;
    if (pending.length > 1) pending.sort((a, b) => a.combiningClass - b.combiningClass);
    let used = 0;
    for (const { code, isFirst } of pending) {
      if (isFirst) range = ranges[used++]!;
      handOn(code, range[0], range[1]);
    }
    pending.length = 0;
    ranges.length = 0;
  };
  const push = (code: number, start: number, end: number): void => {
    const codes = (kindOf(code) & DECOMPOSES) === 0 ? [code] : decompositionOf(code);
    codes.forEach((part, i) => {
      const combiningClass = combiningClassOf(part);
      if (combiningClass === 0) flush();
      if (i === 0) ranges.push([start, end]);
      pending.push({ code: part, combiningClass, isFirst: i === 0 });
    });
  };
  return { push, flush };
}
