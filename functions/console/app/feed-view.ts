import type { LiveTweet } from '../../../shared/contracts/api.ts';
import { byId, setText } from './element.ts';
import { renderTweet } from './tweet-row.ts';

/** Rows that the page keeps, and tweets that wait while it is paused. */
const MAX_ROWS = 100;

/** The list of tweets. */
export interface FeedView {
  /** Shows a tweet above the others; one that is shown already stays where it is. */
  add(tweet: LiveTweet): void;
}

/** Wires up the list and the pause button. */
export function createFeedView(): FeedView {
  const list = byId('tweets', HTMLOListElement);
  const waiting = byId('waiting', HTMLDivElement);
  const note = byId('feed-note', HTMLParagraphElement);
  const button = byId('pause', HTMLButtonElement);
  const rows = new Map<string, HTMLLIElement>();
  let paused = false;
  let held: LiveTweet[] = [];
  let missed = 0;

  setText(
    byId('send-hint', HTMLElement),
    `curl -H 'content-type: application/x-ndjson' --data-binary @tweets.ndjson ${location.origin}/v1/tweets`,
  );

  const show = (tweet: LiveTweet): void => {
    if (rows.has(tweet.id)) return;
    const { taggedAt } = tweet;
    const row = renderTweet({ ...tweet, at: taggedAt, timeText: new Date(taggedAt).toLocaleTimeString() });
    rows.set(tweet.id, row);
    list.prepend(row);
    waiting.hidden = true;
    // A Map keeps the order of insertion: its first key is the oldest row.
    for (const [id, oldest] of rows) {
      if (rows.size <= MAX_ROWS) break;
      oldest.remove();
      rows.delete(id);
    }
  };

  const showState = (): void => {
    button.dataset['paused'] = String(paused);
    setText(button, paused ? 'Resume' : 'Pause');
    setText(note, paused ? `Paused${missed > 0 ? `, ${missed} new` : ''}` : '');
  };

  button.addEventListener('click', () => {
    paused = !paused;
    if (!paused) {
      held.forEach(show);
      held = [];
      missed = 0;
    }
    showState();
  });

  return {
    add: (tweet) => {
      if (!paused) {
        show(tweet);
        return;
      }
      missed += 1;
      held.push(tweet);
      if (held.length > MAX_ROWS) held.shift();
      showState();
    },
  };
}
