import type { TrendsResponse } from '../../../../shared/contracts/trends.ts';
import { byId, setText } from '../element.ts';
import { decideMerge, fetchTrend, fetchTrends } from './api-client.ts';
import { readChoice, WINDOW_TEXTS, writeChoice, type Choice } from './choice.ts';
import { createControls } from './controls.ts';
import { createDetailView } from './detail-view.ts';
import { createListView } from './list-view.ts';
import { formatTime } from './phrases.ts';

/** Time between two looks at what has changed; nobody looks at a page that is hidden. */
const REFRESH_MS = 5_000;

const LIMIT = 20;

/** From this width on list and open name stand side by side (trends.css). */
const WIDE = matchMedia('(width >= 56rem)');

const columns = byId('columns', HTMLElement);
const connection = byId('connection', HTMLParagraphElement);
const empty = byId('empty', HTMLDivElement);
const note = byId('note', HTMLParagraphElement);
let choice = readChoice(location.search);
let loading: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let openKey: string | undefined;
let focusDetail = false;

const controls = createControls(choice, (part) => {
  choose({ ...choice, ...part }, 'replace');
});
const list = createListView((key) => {
  choose({ ...choice, key }, 'push');
  // Where the name takes the place of the list, the list's focus must go there too.
  focusDetail = !WIDE.matches;
});
const detail = createDetailView({
  open: (key) => {
    choose({ ...choice, key }, 'push');
  },
  back: () => {
    choose({ ...choice, key: undefined }, 'push');
    byId('trends', HTMLOListElement).focus({ preventScroll: true });
  },
  undo: async ({ form }) => {
    await decideMerge({ action: 'undo', type: openType(), form });
    await load();
  },
  pin: async ({ form }, into) => {
    await decideMerge({ action: 'pin', type: openType(), form, into });
    await load();
  },
});

setText(
  byId('send-hint', HTMLElement),
  `curl -H 'content-type: application/x-ndjson' --data-binary @tweets.ndjson ${location.origin}/v1/tweets`,
);
addEventListener('popstate', () => {
  choice = readChoice(location.search);
  controls.show(choice);
  refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
refresh();

function openType(): string {
  return (openKey ?? ':').split(':')[0]!;
}

function choose(next: Choice, how: 'push' | 'replace'): void {
  choice = next;
  const address = `${location.pathname}${writeChoice(next)}`;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  refresh();
}

/** Loads now, and from then on again and again. */
function refresh(): void {
  clearTimeout(timer);
  load().then(
    () => {
      showConnection('live');
    },
    (error: unknown) => {
      // A newer load has taken its place, and it will say.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      showConnection('lost');
    },
  );
  timer = setTimeout(() => {
    if (!document.hidden) refresh();
  }, REFRESH_MS);
}

async function load(): Promise<void> {
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  const wanted = choice;
  const answer = await fetchTrends(wanted, LIMIT, signal);
  // Nothing rises: what is mentioned most is better than an empty page, as long as it is said.
  const shown =
    answer.trends.length === 0 && wanted.order === 'rising'
      ? await fetchTrends({ ...wanted, order: 'count' }, LIMIT, signal)
      : answer;
  const key = wanted.key ?? (WIDE.matches ? shown.trends[0]?.key : undefined);
  const found = key === undefined ? undefined : await fetchTrend(key, wanted.window, signal);
  signal.throwIfAborted();
  controls.offerTypes(shown.types.map(({ type }) => type));
  showHead(answer, shown, wanted);
  // A spelling that was merged leads to its name.
  openKey = found?.trend.key;
  list.show(shown, openKey);
  columns.dataset['detail'] = wanted.key === undefined ? 'closed' : 'open';
  if (found === undefined) detail.hide();
  else detail.show(found);
  if (!focusDetail) return;
  focusDetail = false;
  scrollTo({ top: 0 });
  detail.focus();
}

function showHead(answer: TrendsResponse, shown: TrendsResponse, { order, window, q, type }: Choice): void {
  const fallsBack = shown !== answer && shown.trends.length > 0;
  const title = order === 'rising' && !fallsBack ? 'Rising in' : 'Most mentioned in';
  setText(byId('trends-title', HTMLHeadingElement), `${title} ${WINDOW_TEXTS[window]}`);
  setText(byId('as-of', HTMLParagraphElement), answer.newest === null ? '' : asOf(answer));
  note.hidden = !fallsBack;
  setText(
    note,
    answer.past < 3
      ? 'There is too little past yet to say what rises.'
      : 'Nothing is mentioned more than its own past lets expect.',
  );
  empty.hidden = shown.trends.length > 0;
  const filtered = q !== '' || type !== '';
  setText(
    byId('empty-text', HTMLParagraphElement),
    answer.newest === null
      ? 'Nothing is counted yet. Trends come with the first tagged tweets.'
      : filtered
        ? 'No such name in this time.'
        : 'No names in the tweets of this time.',
  );
  byId('send-hint', HTMLElement).parentElement!.hidden = answer.newest !== null;
}

function asOf({ newest, tweets }: TrendsResponse): string {
  return `As of ${formatTime(newest!, new Date())} · ${tweets.toLocaleString('en')} tweets`;
}

function showConnection(state: 'live' | 'lost'): void {
  connection.dataset['state'] = state;
  setText(connection, state === 'live' ? 'Up to date' : 'Reconnecting …');
}
