import { spansOf } from '../../shared/labels/spans.ts';
import { tokenizeTweet, type Token } from '../../shared/text/tweet-tokenizer.ts';
import type { ReviewedComment, ReviewSpan } from '../data/review-file.ts';
import { tagsOfText, textSpanOf } from '../data/text-spans.ts';
import { silverLabels, type SilverSources } from './silver-labels.ts';

/** What is labelled. */
export interface CommentText {
  readonly id: string;
  readonly text: string;
}

/** A comment in words, with what is said of them. */
export interface LabelledComment<Text extends CommentText> {
  readonly comment: Text;
  readonly tokens: readonly Token[];
  /** BIO tags of the tokens; spans that were struck out are in none. */
  readonly tags: readonly string[];
  readonly review: ReviewedComment;
}

export interface LabelledComments<Text extends CommentText> {
  readonly labelled: readonly LabelledComment<Text>[];
  readonly notices: readonly string[];
}

/**
 * Labels comments. One that a person has seen stays as the review has it; the others have silver labels, or, without a
 * source of these, what the review has.
 *
 * @throws what `silverLabels` throws
 */
export async function labelComments<Text extends CommentText>(
  comments: readonly Text[],
  sources: SilverSources,
  review: ReadonlyMap<string, ReviewedComment> = new Map<string, ReviewedComment>(),
): Promise<LabelledComments<Text>> {
  const tokens = comments.map(({ text }) => tokenizeTweet(text));
  const words = tokens.map((ofText) => ofText.map(({ text }) => text));
  const silver = await silverLabels(words, sources);
  const hasSource = sources.gazetteer !== undefined || sources.tagger !== undefined;
  const labelled = comments.map((comment, i): LabelledComment<Text> => {
    const given = review.get(comment.id);
    const ofText = tokens[i]!;
    if (given !== undefined && (given.isSeen || !hasSource)) return reviewed(comment, ofText, given);
    const tags = silver.tags[i]!;
    const spans = spansOf(tags).map((span): ReviewSpan => ({ ...textSpanOf(ofText, span), state: 'silver' }));
    return { comment, tokens: ofText, tags, review: { id: comment.id, isSeen: false, spans } };
  });
  return { labelled, notices: silver.notices };
}

/** A comment as a person left it. */
export function reviewed<Text extends CommentText>(
  comment: Text,
  tokens: readonly Token[],
  review: ReviewedComment,
): LabelledComment<Text> {
  const spans = review.spans.filter(({ state }) => state !== 'rejected');
  return { comment, tokens, tags: tagsOfText(tokens, spans), review };
}
