import { COMMENT_LABELS, type Comment, type CommentLabel } from '../data/comments-csv.ts';
import type { Analysis, Mention } from './analyse-comments.ts';
import type { NameGroup } from './name-groups.ts';

/** How often a group of names is mentioned in some of the comments. */
export interface GroupCount {
  readonly group: NameGroup;
  readonly mentions: number;
  /** Comments that mention it. */
  readonly comments: number;
  /** Different authors of those. */
  readonly authors: number;
  /** Likes of those. */
  readonly likes: number;
}

/** Counts of each group in the comments that are chosen, most comments first, then most likes, then by name. */
export function countGroups(
  { mentions, names }: Pick<Analysis, 'mentions' | 'names'>,
  isChosen: (comment: Comment) => boolean,
): readonly GroupCount[] {
  const chosen = mentions.filter(({ comment }) => isChosen(comment));
  const byGroup = Map.groupBy(chosen, (mention) => names.groupOf(nameOf(mention)));
  return [...byGroup]
    .map(([group, ofGroup]): GroupCount => {
      const comments = [...new Set(ofGroup.map(({ comment }) => comment))];
      return {
        group,
        mentions: ofGroup.length,
        comments: comments.length,
        authors: new Set(comments.map(({ author }) => author)).size,
        likes: comments.reduce((sum, { likes }) => sum + likes, 0),
      };
    })
    .sort((a, b) => b.comments - a.comments || b.likes - a.likes || (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** What a mention counts as. */
export function nameOf({ entity, form }: Mention): { readonly type: string; readonly form: string } {
  return { type: entity.type, form };
}

function sortKey({ group }: GroupCount): string {
  return `${group.type}\n${group.group}`;
}

/** A part of the comments: all, those in which a label is set, or those in which it has one value. */
export interface CommentPart {
  /** `all`, or a label column. */
  readonly column: 'all' | CommentLabel;
  /** Undefined where several values may be meant. */
  readonly value?: string;
  readonly readAs: 'all' | 'set' | 'not set';
  readonly isChosen: (comment: Comment) => boolean;
}

/** All parts: of each column those in which it is set, and each of its values. */
export function commentParts({ comments, isSet }: Pick<Analysis, 'comments' | 'isSet'>): readonly CommentPart[] {
  const all: CommentPart = { column: 'all', readAs: 'all', isChosen: () => true };
  const ofColumns = COMMENT_LABELS.flatMap((column): readonly CommentPart[] => {
    const values = [...new Set(comments.map(({ labels }) => labels[column]))].sort();
    return [
      { column, readAs: 'set', isChosen: ({ labels }) => isSet(labels[column]) },
      ...values.map((value): CommentPart => {
        const readAs = isSet(value) ? 'set' : 'not set';
        return { column, value, readAs, isChosen: ({ labels }) => labels[column] === value };
      }),
    ];
  });
  return [all, ...ofColumns];
}
