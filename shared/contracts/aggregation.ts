/** How the pieces of words become entities, by the names that transformers' pipeline has for it. */
export const AGGREGATIONS = ['none', 'simple', 'first', 'average', 'max'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];
