import { normalForm } from '../../shared/trends/normal-form.ts';
import { nameKey } from '../../shared/trends/trend-counts.ts';

/** A name of some type, with everything that is the same name beyond doubt: letter case, hashtags, possessives. */
export interface Name {
  readonly type: string;
  readonly form: string;
  /** Comments that mention it. */
  readonly comments: number;
  /** Mentions by spelling. */
  readonly spellings: ReadonlyMap<string, number>;
}

/** The form under which a mention is counted: its own text where there is no letter in it. */
export function formOf(text: string): string {
  return normalForm(text) || text;
}

/** What tells a name from all others. */
export function keyOf({ type, form }: Pick<Name, 'type' | 'form'>): string {
  return nameKey(type, form);
}

/** By comments, the most frequent first; by type and form where they are as many. */
export function byFrequency(a: Name, b: Name): number {
  return b.comments - a.comments || (keyOf(a) < keyOf(b) ? -1 : 1);
}
