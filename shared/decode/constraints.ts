import { NerError } from '../ner-error.ts';
import { parseTag, whyNotBio, type BioTag } from '../labels/scheme.ts';

/** Which labels may begin a sentence and which may follow which, in the form that the decoders read. */
export interface Constraints {
  /** 1 where the label may begin a sentence. */
  readonly start: Uint8Array; // [L]
  /** Labels that may stand before label y, ascending: `predecessors[first[y]]` up to, not including, `[first[y + 1]]`. */
  readonly predecessors: Int32Array;
  readonly first: Int32Array; // [L + 1]
}

/** Whether `tag` may follow `previous` in the BIO scheme; `previous` is null at the start of a sentence. */
export function mayFollow(previous: BioTag | null, tag: BioTag): boolean {
  // O and B-x may stand anywhere: they need nothing before them.
  if (tag.prefix !== 'I') return true;
  // I-x cannot begin a sentence: there is no entity to go on with.
  if (previous === null) return false;
  // I-x cannot follow O, for the same reason.
  if (previous.prefix === 'O') return false;
  // I-x goes on with an entity of its own type, after its B-x or a further I-x. Any tag may end a sentence.
  return previous.type === tag.type;
}

/**
 * The hard BIO rules over these labels (index = column of the emissions).
 *
 * @throws {E_LABEL_UNKNOWN} when a label is not a BIO tag, or when none of them may begin a sentence.
 */
export function bioConstraints(labels: readonly string[]): Constraints {
  const tags = labels.map((label) => parseBioLabel('bioConstraints', label));
  if (!tags.some((tag) => mayFollow(null, tag))) {
    throw new NerError(
      'E_LABEL_UNKNOWN',
      `bioConstraints: no label may begin a sentence, got [${labels.join(', ')}]; expected O among them. ` +
        'Use the labels of createLabelSet.',
    );
  }
  return pack(
    tags.map((tag) => mayFollow(null, tag)),
    (from, to) => mayFollow(tags[from]!, tags[to]!),
  );
}

/** No rules: each of the labels anywhere. */
export function noConstraints(labels: number): Constraints {
  return pack(new Array<boolean>(labels).fill(true), () => true);
}

/**
 * For each label the label that goes on with its entity: the column of I-x for B-x and I-x, -1 for O and for types
 * without an I-x. An entity ends before the first word whose label is not the continuation.
 *
 * @throws {E_LABEL_UNKNOWN} when a label is not a BIO tag.
 */
export function continuations(labels: readonly string[]): Int32Array {
  const tags = labels.map((label) => parseBioLabel('continuations', label));
  return Int32Array.from(tags, ({ type }) => (type === null ? -1 : labels.indexOf(`I-${type}`)));
}

function parseBioLabel(caller: string, label: string): BioTag {
  const tag = parseTag(label);
  if (tag !== undefined) return tag;
  throw new NerError('E_LABEL_UNKNOWN', `${caller}: ${whyNotBio(label)!}. Use the labels of createLabelSet.`);
}

function pack(start: readonly boolean[], allowed: (from: number, to: number) => boolean): Constraints {
  const predecessors: number[] = [];
  const first = new Int32Array(start.length + 1);
  for (let to = 0; to < start.length; to++) {
    for (let from = 0; from < start.length; from++) if (allowed(from, to)) predecessors.push(from);
    first[to + 1] = predecessors.length;
  }
  return { start: Uint8Array.from(start, Number), predecessors: Int32Array.from(predecessors), first };
}
