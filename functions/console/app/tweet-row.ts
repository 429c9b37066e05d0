import type { Entity } from '../../../shared/contracts/tweet.ts';
import { make, paint } from './element.ts';
import { segmentsOf, type Segment } from './segments.ts';

/** A tweet to show, with when to say it is from. */
export interface ShownTweet {
  readonly text: string;
  readonly author?: string | undefined;
  readonly entities: readonly (Pick<Entity, 'type' | 'start' | 'end'> & { readonly score?: number })[];
  /** ISO 8601. */
  readonly at: string;
  readonly timeText: string;
}

/** A tweet as an element of a list: who and when, then the text with its entities marked. */
export function renderTweet({ text, author, entities, at, timeText }: ShownTweet): HTMLLIElement {
  // dir=auto takes the direction from the text itself; isolation keeps it from turning what stands around it.
  const body = make('p', 'text', ...segmentsOf(text, entities).map(renderSegment));
  body.dir = 'auto';
  const time = make('time', '', timeText);
  time.dateTime = at;
  const meta = make('p', 'meta', time);
  if (author !== undefined) meta.prepend(make('bdi', 'author', `@${author}`));
  return make('li', 'tweet', meta, body);
}

function renderSegment({ text, type, score }: Segment): Node {
  if (type === undefined) return document.createTextNode(text);
  const label = make('span', 'type', type);
  label.dir = 'ltr';
  const mark = make('mark', 'entity', make('bdi', '', text), '\u00a0', label);
  mark.dataset['type'] = type;
  if (score !== undefined) mark.title = `${type}, ${Math.round(100 * score)} % sure`;
  paint(mark, type);
  return mark;
}
