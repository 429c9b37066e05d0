/** Types of entities in video comments: people, organisations, products. */
export const COMMENT_TYPES = ['PER', 'ORG', 'PROD'] as const;

export type CommentType = (typeof COMMENT_TYPES)[number];
