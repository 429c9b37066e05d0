import type { TrendRecord } from '../../shared/trends/trend-record.ts';

/** A name in a made-up tweet. */
export interface MadeName {
  readonly type: string;
  readonly text: string;
}

/** What a made-up tweet is made of. */
export interface MadeTweet {
  readonly id: string;
  /** Milliseconds. */
  readonly at: number;
  readonly names: readonly MadeName[];
  readonly author?: string | undefined;
}

/** A tagged tweet whose text is its names side by side, written and tagged at the same time. */
export function trendRecord({ id, at, names, author }: MadeTweet): TrendRecord {
  let text = '';
  const entities = names.map((name) => {
    const start = text.length === 0 ? 0 : text.length + 1;
    text = text.length === 0 ? name.text : `${text} ${name.text}`;
    const end = text.length;
    return { ...name, start, end, startCp: start, endCp: end, score: 0.9 };
  });
  const time = new Date(at).toISOString();
  return { id, text, entities, taggedAt: time, createdAt: time, ...(author === undefined ? {} : { author }) };
}
