import { NerError } from '../ner-error.ts';

/** An entity over words, half-open: the words `start` to `end - 1`. */
export interface WordSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A tag as seqeval's default mode reads it: its first character, and all after the first `-` of the rest. */
interface LooseTag {
  readonly prefix: string;
  readonly type: string;
}

/** What stands before the first tag: the type differs from that of a later `O`, which matters for tags such as `0`. */
const BEFORE: LooseTag = { prefix: 'O', type: '' };
const OUTSIDE: LooseTag = { prefix: 'O', type: '_' };

const ENDS = new Set(['BB', 'BS', 'BO', 'IB', 'IS', 'IO']);
const STARTS = new Set(['EE', 'EI', 'SE', 'SI', 'OE', 'OI']);

/**
 * The entities in one sequence of tags, by start. This is `get_entities` of seqeval's default mode (chakki-works/seqeval
 * cd01b52, `metrics/sequence_labeling.py`), which decides as conlleval does: an `I-x` after `O`, after another type or
 * at the start begins an entity. Tags of no scheme are read as seqeval reads them, odd results included; use
 * `parseTag` to refuse them first. Ends are exclusive here, inclusive in seqeval.
 *
 * @throws {E_LABEL_UNKNOWN} when a tag is the empty string.
 */
export function spansOf(tags: readonly string[]): readonly WordSpan[] {
  const spans: WordSpan[] = [];
  let previous = BEFORE;
  let start = 0;
  for (let i = 0; i <= tags.length; i++) {
    const tag = i < tags.length ? read(tags[i]!, i) : OUTSIDE;
    // seqeval never resets `start`, so an entity that nothing began has the start of the one before it.
    if (endsBetween(previous, tag)) spans.push({ type: previous.type, start, end: i });
    if (startsBetween(previous, tag)) start = i;
    previous = tag;
  }
  return spans;
}

/**
 * The BIO tags of non-overlapping spans over `length` words, in any order: the inverse of `spansOf` on BIO tags.
 *
 * @throws {E_SPAN_INVALID} when a span is empty, outside the sentence, without a type, or overlaps another.
 */
export function tagsOf(spans: readonly WordSpan[], length: number): string[] {
  const tags = new Array<string>(length).fill('O');
  for (const span of spans) {
    const { type, start, end } = span;
    const whole = Number.isInteger(start) && Number.isInteger(end);
    if (!whole || start < 0 || end <= start || end > length || type === '') {
      throw invalidSpan(span, `expected a type and whole numbers 0 <= start < end <= ${length}`);
    }
    for (let i = start; i < end; i++) {
      if (tags[i] !== 'O')
        throw invalidSpan(span, `expected no overlap, but word ${i} already has the tag ${tags[i]!}`);
      tags[i] = i === start ? `B-${type}` : `I-${type}`;
    }
  }
  return tags;
}

function read(tag: string, position: number): LooseTag {
  if (tag === 'O') return OUTSIDE;
  if (tag === '') {
    throw new NerError(
      'E_LABEL_UNKNOWN',
      `spansOf: tag ${position} is empty, got ''; expected O, B-TYPE or I-TYPE. Correct the data it was read from.`,
    );
  }
  const prefix = String.fromCodePoint(tag.codePointAt(0)!);
  const rest = tag.slice(prefix.length);
  const dash = rest.indexOf('-');
  return { prefix, type: (dash < 0 ? rest : rest.slice(dash + 1)) || '_' };
}

/** Whether an entity that covers the word of `previous` stops before the word of `tag`. */
function endsBetween(previous: LooseTag, tag: LooseTag): boolean {
  if (previous.prefix === 'E' || previous.prefix === 'S') return true;
  if (ENDS.has(previous.prefix + tag.prefix)) return true;
  return previous.prefix !== 'O' && previous.prefix !== '.' && previous.type !== tag.type;
}

/** Whether an entity begins with the word of `tag`. */
function startsBetween(previous: LooseTag, tag: LooseTag): boolean {
  if (tag.prefix === 'B' || tag.prefix === 'S') return true;
  if (STARTS.has(previous.prefix + tag.prefix)) return true;
  return tag.prefix !== 'O' && tag.prefix !== '.' && previous.type !== tag.type;
}

function invalidSpan(span: WordSpan, expected: string): NerError {
  return new NerError(
    'E_SPAN_INVALID',
    `tagsOf: the span cannot be written as tags, got ${span.type}[${span.start}, ${span.end}); ${expected}. ` +
      'Correct the span, or keep the longest of overlapping ones.',
  );
}
