import { bundleInput } from '../../shared/features/bundle-input.ts';
import { spansOf, tagsOf, type WordSpan } from '../../shared/labels/spans.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { COMMENT_TYPES, type CommentType } from '../data/comment-types.ts';
import { readGazetteer } from '../data/gazetteer.ts';

/** Where silver labels come from; without either, there are none. */
export interface SilverSources {
  /** Text file of names. */
  readonly gazetteer?: string | undefined;
  /** Folder of a bundle. */
  readonly tagger?: string | undefined;
  /** What the tagger's types are here, besides those of KNOWN_TYPES; its other types are left out. */
  readonly types?: Readonly<Record<string, CommentType>> | undefined;
}

export interface SilverLabels {
  /** BIO tags of each sentence. */
  readonly tags: readonly (readonly string[])[];
  /** What was left out. */
  readonly notices: readonly string[];
}

/** As CoNLL, OntoNotes, WNUT 2016 and 2017 call them, in lower case. */
export const KNOWN_TYPES: Readonly<Record<string, CommentType>> = {
  per: 'PER',
  person: 'PER',
  org: 'ORG',
  organization: 'ORG',
  company: 'ORG',
  corporation: 'ORG',
  prod: 'PROD',
  product: 'PROD',
};

/**
 * Labels words by a gazetteer, by a tagger, or by both: then a span of the tagger counts where it shares no word with a
 * name of the gazetteer, which somebody made for these very comments.
 *
 * @throws what `readGazetteer`, `openBundle` and `loadModel` throw
 */
export async function silverLabels(
  sentences: readonly (readonly string[])[],
  { gazetteer: file, tagger, types = {} }: SilverSources,
): Promise<SilverLabels> {
  const gazetteer = file === undefined ? undefined : readGazetteer(file);
  const tagged = tagger === undefined ? undefined : await taggerSpans(sentences, tagger, types);
  const tags = sentences.map((words, i) => {
    const names = gazetteer?.find(words) ?? [];
    const others = tagged?.spans[i] ?? [];
    const free = others.filter((span) => names.every((name) => name.end <= span.start || name.start >= span.end));
    return tagsOf([...names, ...free], words.length);
  });
  return { tags, notices: [...(gazetteer?.notices ?? []), ...(tagged?.notices ?? [])] };
}

interface TaggerSpans {
  readonly spans: readonly (readonly WordSpan[])[];
  readonly notices: readonly string[];
}

async function taggerSpans(
  sentences: readonly (readonly string[])[],
  dir: string,
  own: Readonly<Record<string, CommentType>>,
): Promise<TaggerSpans> {
  const model = await loadModel(await openBundle(dir), { inputOf: bundleInput });
  const leftOut = new Map<string, number>();
  try {
    const tags = await model.predictor.predictWords(sentences);
    const spans = tags.map((sentence) =>
      spansOf(sentence).flatMap((span) => {
        const type = own[span.type] ?? KNOWN_TYPES[span.type.toLowerCase()];
        if (type === undefined) leftOut.set(span.type, (leftOut.get(span.type) ?? 0) + 1);
        return type === undefined ? [] : [{ ...span, type }];
      }),
    );
    const notices = [...leftOut].map(
      ([type, count]) =>
        `${dir}: ${count} entities of type ${type} are none of ${COMMENT_TYPES.join(', ')}; left out. Say what they are by types.`,
    );
    return { spans, notices };
  } finally {
    await model.release();
  }
}
