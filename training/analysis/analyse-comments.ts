import { bundleInput } from '../../shared/features/bundle-input.ts';
import type { Entity } from '../../shared/contracts/tweet.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import type { Predictor } from '../../shared/model/predictor.ts';
import { readComments, type Comment } from '../data/comments-csv.ts';
import { bundleEmbedder, type ContextualEmbedder } from '../models/contextual-embedder.ts';
import type { IsSet } from './label-reading.ts';
import { readMerges, type MergeRow } from './merges-file.ts';
import { clusterNames } from './name-clusters.ts';
import { groupNames, type NameGroups } from './name-groups.ts';
import { NameVectors } from './name-vectors.ts';
import { formOf, keyOf, type Name } from './name.ts';

/** Comments that are tagged together: enough to fill batches, and few enough to see progress. */
const COMMENTS_AT_ONCE = 256;

export interface AnalysisJob {
  /** Folder of the bundle that tags. */
  readonly model: string;
  /** CSV file of comments. */
  readonly comments: string;
  /** merges.csv of an earlier analysis, edited. */
  readonly merges?: string | undefined;
  readonly isSet: IsSet;
  /** Threads that tag, and inside an operator of the encoder. */
  readonly threads: number;
}

/** An entity of a comment, and the name that it counts as. */
export interface Mention {
  readonly comment: Comment;
  readonly entity: Entity;
  readonly form: string;
}

/** All that is known of the comments; every table and picture is made from it. */
export interface Analysis {
  readonly file: string;
  readonly modelId: string;
  readonly comments: readonly Comment[];
  /** In the order of the comments, then of their places in them. */
  readonly mentions: readonly Mention[];
  readonly names: NameGroups;
  /** Rows of the merges that were given back. */
  readonly decisions: readonly MergeRow[];
  /** Why names were compared by their letters alone; undefined when their contexts were compared too. */
  readonly lettersOnly: string | undefined;
  readonly isSet: IsSet;
  /** What the reader left out, and rows of merges that decide nothing, each as `file:line: what`. */
  readonly notices: readonly string[];
}

export type AnalysisEvent =
  | { readonly type: 'read'; readonly comments: number; readonly notices: readonly string[] }
  | { readonly type: 'letters-only'; readonly why: string }
  | { readonly type: 'tagged'; readonly comments: number; readonly total: number; readonly entities: number }
  | { readonly type: 'grouped'; readonly names: number; readonly groups: number; readonly notices: readonly string[] };

/**
 * Tags all comments, brings names together, and gives what was found. What is kept of a comment is itself, its entities
 * and their share in the mean vectors of their names: memory grows with the file and the different names in it.
 *
 * @throws {E_CORPUS_MALFORMED} {E_FILE_UNREADABLE} when the comments or the merges cannot be read
 * @throws {E_CORPUS_EMPTY} when there is no comment
 * @throws what `openBundle`, `loadModel` and `bundleEmbedder` throw
 */
export async function* analyseComments(job: AnalysisJob): AsyncGenerator<AnalysisEvent, Analysis> {
  const { comments, notices } = readComments(job.comments);
  const decisions = job.merges === undefined ? [] : readMerges(job.merges);
  yield { type: 'read', comments: comments.length, notices };
  const bundle = await openBundle(job.model);
  const model = await loadModel(bundle, { inputOf: bundleInput, workers: job.threads });
  const { manifest, predictor } = model;
  try {
    const found = await bundleEmbedder(bundle, { threads: job.threads });
    const embedder = 'why' in found ? undefined : found;
    if ('why' in found) yield { type: 'letters-only', why: found.why };
    try {
      const { mentions, vectors } = yield* tagAll(comments, { predictor, embedder });
      const all = namesOf(mentions);
      const cosine =
        vectors === undefined
          ? undefined
          : (a: Name, b: Name): number | undefined => vectors.cosine(keyOf(a), keyOf(b));
      const names = groupNames(all, clusterNames(all, cosine), decisions);
      yield { type: 'grouped', names: all.length, groups: names.groups.length, notices: names.notices };
      return {
        file: job.comments,
        modelId: manifest.id,
        comments,
        mentions,
        names,
        decisions,
        lettersOnly: 'why' in found ? found.why : undefined,
        isSet: job.isSet,
        notices: [...notices, ...names.notices],
      };
    } finally {
      await embedder?.release();
    }
  } finally {
    await model.release();
  }
}

interface Tagging {
  readonly predictor: Predictor;
  readonly embedder: ContextualEmbedder | undefined;
}

interface TaggedComments {
  readonly mentions: readonly Mention[];
  readonly vectors: NameVectors | undefined;
}

async function* tagAll(
  comments: readonly Comment[],
  { predictor, embedder }: Tagging,
): AsyncGenerator<AnalysisEvent, TaggedComments> {
  const mentions: Mention[] = [];
  const vectors = embedder === undefined ? undefined : new NameVectors(embedder.width);
  for (let from = 0; from < comments.length; from += COMMENTS_AT_ONCE) {
    const part = comments.slice(from, from + COMMENTS_AT_ONCE);
    const entities = await predictor.predict(part.map(({ text }) => text));
    const tagged = part
      .map((comment, i): readonly Mention[] =>
        entities[i]!.map((entity) => ({ comment, entity, form: formOf(entity.text) })),
      )
      .filter((ofComment) => ofComment.length > 0);
    if (embedder !== undefined) await addVectors(vectors!, tagged, embedder);
    for (const ofComment of tagged) mentions.push(...ofComment);
    yield { type: 'tagged', comments: from + part.length, total: comments.length, entities: mentions.length };
  }
  return { mentions, vectors };
}

/** @param tagged the mentions of each comment that has some */
async function addVectors(
  vectors: NameVectors,
  tagged: readonly (readonly Mention[])[],
  embedder: ContextualEmbedder,
): Promise<void> {
  const texts = tagged.map(([first]) => first!.comment.text);
  const whole = texts.map((text) => ({ start: 0, end: text.length }));
  const spans = tagged.map((ofComment, i) => [whole[i]!, ...ofComment.map(({ entity }) => entity)]);
  const found = await embedder.embed(texts, spans);
  for (const [i, [ofText, ...ofMentions]] of found.entries()) {
    if (ofText !== undefined) vectors.addText(ofText);
    for (const [m, vector] of ofMentions.entries()) {
      const { entity, form } = tagged[i]![m]!;
      if (vector !== undefined) vectors.add(entity.type, keyOf({ type: entity.type, form }), vector);
    }
  }
}

function namesOf(mentions: readonly Mention[]): readonly Name[] {
  const names = new Map<string, { type: string; form: string; ids: Set<string>; spellings: Map<string, number> }>();
  for (const { comment, entity, form } of mentions) {
    const key = keyOf({ type: entity.type, form });
    const name = names.get(key) ?? { type: entity.type, form, ids: new Set(), spellings: new Map<string, number>() };
    name.ids.add(comment.id);
    name.spellings.set(entity.text, (name.spellings.get(entity.text) ?? 0) + 1);
    names.set(key, name);
  }
  return [...names.values()].map(({ type, form, ids, spellings }) => ({ type, form, comments: ids.size, spellings }));
}
