import { NerError } from '../ner-error.ts';
import type { WordSpan } from '../labels/spans.ts';

/** Schemes that strict mode knows. IOB2 is BIO; in IOB1 an entity begins with B only right after one of its type. */
export type StrictScheme = 'IOB1' | 'IOB2';

/** Prefix of the tag before, prefix of the tag, and how their types must compare. `*` is any prefix. */
type Pattern = `${'I' | 'O' | 'B' | '*'}${'I' | 'O' | 'B'} ${'any' | 'same' | 'other'}`;

interface Patterns {
  /** An entity begins at the tag. */
  readonly start: readonly Pattern[];
  /** The tag goes on with the entity of the tag before. */
  readonly inside: readonly Pattern[];
  /** The entity of the tag before may end there; otherwise it is not counted. */
  readonly end: readonly Pattern[];
}

/** chakki-works/seqeval cd01b52, `seqeval/scheme.py`. */
const SCHEMES: Readonly<Record<StrictScheme, Patterns>> = {
  IOB1: {
    start: ['OI any', 'II other', 'BI any', 'IB same', 'BB same'],
    inside: ['BI same', 'II same'],
    end: ['II other', 'IO any', 'IB any', 'BO any', 'BI other', 'BB same'],
  },
  IOB2: {
    start: ['*B any'],
    inside: ['BI same', 'II same'],
    end: ['IO any', 'II other', 'IB any', 'BO any', 'BI other', 'BB any'],
  },
};

interface StrictTag {
  readonly prefix: string;
  readonly type: string;
}

const OUTSIDE: StrictTag = { prefix: 'O', type: '_' };

/**
 * The entities of one sentence in seqeval's strict mode. What does not keep the rules is no entity: an orphan `I-x` is
 * dropped, and so is a `B-x` that IOB1 does not ask for. `sentence` is for the error message.
 *
 * @throws {E_LABEL_UNKNOWN} when a tag begins with anything but I, O or B.
 */
export function strictSpansOf(tags: readonly string[], scheme: StrictScheme, sentence = 0): readonly WordSpan[] {
  const patterns = SCHEMES[scheme];
  const read = tags.map((tag, word) => readTag(tag, { scheme, sentence, word }));
  const spans: WordSpan[] = [];
  let previous = OUTSIDE;
  let i = 0;
  while (i < read.length) {
    const tag = read[i]!;
    if (!matches(patterns.start, previous, tag)) {
      previous = tag;
      i++;
      continue;
    }
    let end = i + 1;
    while (end < read.length && matches(patterns.inside, read[end - 1]!, read[end]!)) end++;
    if (matches(patterns.end, read[end - 1]!, read[end] ?? OUTSIDE)) spans.push({ type: tag.type, start: i, end });
    previous = read[end - 1]!;
    i = end;
  }
  return spans;
}

function matches(patterns: readonly Pattern[], previous: StrictTag, tag: StrictTag): boolean {
  const types = previous.type === tag.type ? 'same' : 'other';
  return patterns.some(
    (pattern) =>
      (pattern[0] === '*' || pattern[0] === previous.prefix) &&
      pattern[1] === tag.prefix &&
      (pattern.endsWith(' any') || pattern.endsWith(` ${types}`)),
  );
}

function readTag(
  tag: string,
  where: { readonly scheme: StrictScheme; readonly sentence: number; readonly word: number },
): StrictTag {
  const prefix = tag.charAt(0);
  if (prefix === 'I' || prefix === 'O' || prefix === 'B') {
    return { prefix, type: tag.slice(1).replace(/^-+|-+$/g, '') || '_' };
  }
  throw new NerError(
    'E_LABEL_UNKNOWN',
    `strict mode: the tag of word ${where.word} in sentence ${where.sentence} (both from 0) is not of the scheme ` +
      `${where.scheme}, got '${tag}'; expected O, B-TYPE or I-TYPE. Correct the tag, or use the default mode.`,
  );
}
